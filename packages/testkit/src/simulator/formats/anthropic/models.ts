import { MODELS, parseModel } from '../../models.ts';
import { invalid } from './anthropic-error.ts';
import { CONTEXT_TOKENS, MOST_OUTPUT_TOKENS } from './messages.ts';

const CREATED = '2026-11-01T00:00:00Z';

/** A model as `GET /v1/models/{model}` tells it. Throws for a name that is not the simulator's. */
export function modelInfo(name: string): object {
  const id = parseModel(name).model;
  return {
    type: 'model',
    id,
    display_name: `${id} (simulated by Parley)`,
    created_at: CREATED,
    deprecated_at: null,
    retires_at: null,
    lifecycle: 'active',
    line: null,
    max_input_tokens: CONTEXT_TOKENS,
    max_tokens: MOST_OUTPUT_TOKENS,
    capabilities: null,
  };
}

/** A page of models: `after_id`, `before_id`, `limit` (1–1000, 20 unless told). */
export function modelPage(query: URLSearchParams): object {
  const limit = Number(query.get('limit') ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw invalid('limit: Input should be greater than or equal to 1');
  }
  const ids = MODELS.map(({ id }) => id as string);
  const after = query.get('after_id');
  const before = query.get('before_id');
  const from = after === null ? 0 : ids.indexOf(after) + 1;
  const to = before === null ? ids.length : ids.indexOf(before);
  const page = before === null ? ids.slice(from, from + limit) : ids.slice(Math.max(0, to - limit), to);
  const has_more = before === null ? from + limit < ids.length : to - limit > 0;
  return { data: page.map(modelInfo), has_more, first_id: page[0] ?? null, last_id: page.at(-1) ?? null };
}
