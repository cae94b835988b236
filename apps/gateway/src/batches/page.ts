import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { type IdPrefix, readId } from './batch-id.ts';
import type { Page } from './file-store.ts';

interface PageForm {
  readonly prefix: IdPrefix;
  /** The parameter that names the one before the page. */
  readonly after: string;
  readonly usual: number;
  readonly most: number;
}

/** The page of a list that was asked for: `limit`, `order`, and the id it follows. */
export function pageAsked({ query }: Exchange, { prefix, after, usual, most }: PageForm): Page | Refusal {
  const asked = new URLSearchParams(query);
  const limit = asked.get('limit') ?? String(usual);
  const follows = asked.get(after) ?? '';
  const id = follows === '' ? '' : readId(prefix, follows);
  if (asked.has('before_id')) {
    const message = 'Pages before one are not given: begin anew, or go on with `after_id`.';
    return refusal('unsupported_parameter', { message, param: 'before_id' });
  }
  if (!/^\d{1,5}$/.test(limit) || Number(limit) < 1) {
    return refusal('invalid_parameter', { message: '`limit` must be a whole number from 1 on.', param: 'limit' });
  }
  if (follows !== '' && id === '') {
    return refusal('invalid_parameter', { message: `\`${after}\` must be the id of one of the list.`, param: after });
  }
  return { after: id, newestFirst: asked.get('order') !== 'asc', most: Math.min(Number(limit), most) };
}

/** A page as OpenAI and Anthropic both write it; `found` holds one more than was asked for where there is more. */
export function listOf<T extends { readonly id: string }>(data: readonly T[], more: boolean) {
  return { data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: more };
}
