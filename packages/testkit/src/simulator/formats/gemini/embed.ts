import { embed } from '../../core/embedding.ts';
import { countTokens } from '../../core/tokens.ts';
import { deliverJson } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { parseModel } from '../../models.ts';
import { batchEmbedRequest, embedRequest, predictRequest } from './fields.ts';
import { GoogleError, invalidField } from './google-error.ts';
import { type Content, readAs } from './request.ts';

/** Embeddings: `embedContent` and `batchEmbedContents` of the Gemini API, `predict` of Vertex AI. */
interface EmbedRequest {
  readonly model?: string;
  readonly content?: Content;
  readonly outputDimensionality?: number;
}

const DIMENSIONS = 256;

function checkDimensions(dimensions: number | undefined): number {
  if (dimensions === undefined) return DIMENSIONS;
  if (dimensions >= 1 && dimensions <= 3072) return dimensions;
  throw new GoogleError(400, `outputDimensionality must be between 1 and 3072, got ${dimensions}.`);
}

function valuesOf({ content, outputDimensionality }: EmbedRequest): number[] {
  const text = (content?.parts ?? []).map((part) => part.text ?? '').join(' ');
  if (text.trim() === '') throw new GoogleError(400, 'The text content is empty.');
  return embed(text, checkDimensions(outputDimensionality));
}

export async function embedContent(exchange: Exchange, body: unknown): Promise<void> {
  parseModel(exchange.params.model ?? '');
  const values = valuesOf(readAs<EmbedRequest>(embedRequest, body));
  await deliverJson(exchange, { embedding: { values } }, 0, 0);
}

/** Every member names the model of the path again. */
export async function batchEmbedContents(exchange: Exchange, body: unknown): Promise<void> {
  const { model } = parseModel(exchange.params.model ?? '');
  const { requests = [] } = readAs<{ requests?: EmbedRequest[] }>(batchEmbedRequest, body);
  if (requests.length === 0) throw invalidField('requests', 'requests is not specified');
  if (requests.length > 100) throw new GoogleError(400, 'At most 100 requests can be in one batch.');
  for (const [at, found] of requests.entries()) {
    const named = parseModel((found.model ?? '').replace(/^models\//, '')).model;
    if (named === model) continue;
    throw new GoogleError(
      400,
      `* BatchEmbedContentsRequest.requests[${at}].model: should match the model of the batch`,
    );
  }
  await deliverJson(exchange, { embeddings: requests.map((found) => ({ values: valuesOf(found) })) }, 0, 0);
}

interface PredictRequest {
  readonly instances?: readonly { readonly content?: string }[];
  readonly parameters?: { readonly outputDimensionality?: number };
}

export async function predict(exchange: Exchange, body: unknown): Promise<void> {
  parseModel(exchange.params.model ?? '');
  const { instances = [], parameters } = readAs<PredictRequest>(predictRequest, body);
  if (instances.length === 0) throw new GoogleError(400, 'Instances must not be empty.');
  const dimensions = checkDimensions(parameters?.outputDimensionality);
  const predictions = instances.map(({ content = '' }) => {
    if (content.trim() === '') throw new GoogleError(400, 'The text content is empty.');
    const statistics = { truncated: false, token_count: countTokens(content) };
    return { embeddings: { values: embed(content, dimensions), statistics } };
  });
  const billableCharacterCount = instances.reduce((sum, { content = '' }) => sum + content.length, 0);
  await deliverJson(exchange, { predictions, metadata: { billableCharacterCount } }, 0, 0);
}
