import { z } from 'zod';
import { embed, relevance } from '../../core/embedding.ts';
import { countTokens } from '../../core/tokens.ts';
import { deliverJson } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { FAILURES, type Failure, WireError } from '../../failure.ts';
import { COMMON_FAULTS, takeDirectives } from '../../faults.ts';
import type { Format, Look, Settings } from '../../format.ts';
import { parseModel } from '../../models.ts';
import { openai } from '../openai/format.ts';

/** `POST /v1/rerank` in Jina's shape (Jina AI, Reranker API), which vLLM, TEI gateways and others share. */
const requestSchema = z.object({
  model: z.string(),
  query: z.string().min(1),
  documents: z
    .array(z.union([z.string(), z.object({ text: z.string() }), z.object({ image: z.string() })]))
    .min(1)
    .max(2048),
  top_n: z.number().int().min(1).optional(),
  return_documents: z.boolean().default(true),
});

/** An error as Jina words it: `{detail}`. */
class JinaError extends WireError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }

  get body(): object {
    return { detail: this.message };
  }
}

function jinaError({ kind, message, headers }: Failure): JinaError {
  return new JinaError(FAILURES[kind].status, message || `${kind.replace('_', ' ')} [simulated by Parley]`, headers);
}

function lookAtQuery(body: unknown): Look {
  const { model, query } = (body ?? {}) as Record<string, unknown>;
  const text = typeof query === 'string' ? query : '';
  return { model: typeof model === 'string' ? model : null, stream: false, text };
}

const DIMENSIONS = 256;

async function rerank(exchange: Exchange, body: unknown, settings: Settings): Promise<void> {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new JinaError(422, `body.${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { documents, top_n = documents.length, return_documents } = parsed.data;
  const { model } = parseModel(parsed.data.model);
  const query = takeDirectives(parsed.data.query).text;
  const vector = embed(query, DIMENSIONS);
  const texts = documents.map((found) => (typeof found === 'string' ? found : 'text' in found ? found.text : ''));
  const results = texts
    .map((text, index) => ({
      index,
      relevance_score: relevance(vector, text),
      ...(return_documents ? { document: typeof documents[index] === 'string' ? { text } : documents[index] } : {}),
    }))
    .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
    .slice(0, top_n);
  const total_tokens = texts.reduce((sum, text) => sum + countTokens(text) + countTokens(query), 0);
  await deliverJson(
    exchange,
    { model, object: 'list', usage: { total_tokens }, results },
    results.length,
    settings.msPerToken,
  );
}

export const jina: Format = {
  ...openai,
  name: 'jina',
  owns: (path) => path === '/v1/rerank',
  routes: [{ method: 'POST', path: '/v1/rerank', handle: rerank, look: lookAtQuery }],
  faults: COMMON_FAULTS,
  headers: () => ({}),
  wire: jinaError,
};
