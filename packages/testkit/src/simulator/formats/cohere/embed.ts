import { z } from 'zod';
import { embed as vectorOf } from '../../core/embedding.ts';
import { fingerprint } from '../../core/seeded.ts';
import { countTokens } from '../../core/tokens.ts';
import { deliverJson } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { parseModel } from '../../models.ts';
import { uuidOf } from './chat.ts';
import { invalid, invalidShape } from './cohere-error.ts';

/** `POST /v2/embed` (Cohere API reference; types of `cohere-ai`). */
const part = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({ type: z.literal('image_url'), image_url: z.strictObject({ url: z.string() }) }),
]);
const TYPES = ['float', 'int8', 'uint8', 'binary', 'ubinary', 'base64'] as const;

const embedSchema = z.strictObject({
  model: z.string(),
  input_type: z.enum(['search_document', 'search_query', 'classification', 'clustering', 'image']),
  texts: z.array(z.string()).nullish(),
  images: z.array(z.string()).nullish(),
  inputs: z.array(z.strictObject({ content: z.array(part).min(1) })).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  output_dimension: z.literal([256, 512, 1024, 1536]).nullish(),
  embedding_types: z.array(z.enum(TYPES)).min(1).nullish(),
  truncate: z.enum(['NONE', 'START', 'END']).nullish(),
  priority: z.number().int().nullish(),
});
type EmbedRequest = z.infer<typeof embedSchema>;

const MOST_INPUTS = 96;
const DIMENSIONS = 1024;

/** Bits of the signs, eight to a number. */
function packed(vector: readonly number[]): number[] {
  return Array.from({ length: vector.length / 8 }, (_, at) =>
    vector.slice(at * 8, at * 8 + 8).reduce((byte, value) => byte * 2 + (value > 0 ? 1 : 0), 0),
  );
}

const byte = (value: number): number => Math.max(-128, Math.min(127, Math.round(value * 127)));

const AS_TYPE: Readonly<Record<(typeof TYPES)[number], (vector: readonly number[]) => number[] | string>> = {
  float: (vector) => [...vector],
  int8: (vector) => vector.map(byte),
  uint8: (vector) => vector.map((value) => byte(value) + 128),
  binary: (vector) => packed(vector).map((value) => value - 128),
  ubinary: packed,
  base64: (vector) => Buffer.from(new Float32Array(vector).buffer).toString('base64'),
};

/** What is embedded: texts as they are, an image by what it is. */
function inputsOf({ texts, images, inputs }: EmbedRequest): string[] {
  if (texts) return texts;
  if (images) return images.map((url) => `image ${fingerprint(url)}`);
  return (inputs ?? []).map(({ content }) =>
    content
      .map((found) => (found.type === 'text' ? found.text : `image ${fingerprint(found.image_url.url)}`))
      .join(' '),
  );
}

/** Throws CohereError for a request Cohere would refuse. */
export async function embed(exchange: Exchange, body: unknown): Promise<void> {
  const parsed = embedSchema.safeParse(body);
  if (!parsed.success) throw invalidShape(parsed.error, body);
  const request = parsed.data;
  parseModel(request.model);
  const { texts, images, inputs } = request;
  if ([texts, images, inputs].filter((given) => given != null).length !== 1) {
    throw invalid('exactly one of texts, images or inputs must be provided');
  }
  const all = inputsOf(request);
  if (all.length === 0) throw invalid('texts must not be empty');
  if (all.length > MOST_INPUTS) {
    throw invalid(`total number of texts must be at most ${MOST_INPUTS} - received ${all.length}`);
  }
  const vectors = all.map((text) => vectorOf(text, request.output_dimension ?? DIMENSIONS));
  const types = request.embedding_types ?? ['float'];
  const counted = all.reduce((sum, text) => sum + countTokens(text), 0);
  const answer = {
    id: uuidOf(fingerprint([request.model, all])),
    response_type: 'embeddings_by_type',
    embeddings: Object.fromEntries(types.map((type) => [type, vectors.map(AS_TYPE[type])])),
    texts: texts ?? [],
    meta: {
      api_version: { version: '2' },
      billed_units: images ? { images: images.length } : { input_tokens: counted },
    },
  };
  await deliverJson(exchange, answer, 0, 0);
}
