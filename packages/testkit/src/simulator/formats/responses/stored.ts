import { deliverJson, deliverStream } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import type { Settings } from '../../format.ts';
import { ApiError } from '../openai/api-error.ts';
import { eventPlan } from './event-plan.ts';
import { unfinished } from './events.ts';
import type { InputItem } from './input-items.ts';
import type { ResponseBody } from './response-body.ts';
import { responseStore, type StoredResponse } from './store.ts';

/** Endpoints of responses that were stored. */
function foundFor(exchange: Exchange, settings: Settings): StoredResponse {
  return settings.memory.of(responseStore).find(exchange.params.id ?? '');
}

const queryOf = (exchange: Exchange): URLSearchParams =>
  new URL(exchange.request.url ?? '', 'http://simulator').searchParams;

/** A background response is queued for a tenth of its time, then in progress. */
export function bodyNow(stored: StoredResponse): ResponseBody {
  const { final, doneAtMs, startedAtMs, cancelled } = stored;
  if (cancelled) return unfinished(final, 'cancelled');
  const now = Date.now();
  if (now >= doneAtMs) return final;
  return unfinished(final, now - startedAtMs < (doneAtMs - startedAtMs) / 10 ? 'queued' : 'in_progress');
}

/** `GET /v1/responses/{id}`; with `stream=true` its events again, after `starting_after`. */
export async function retrieve(exchange: Exchange, _body: unknown, settings: Settings): Promise<void> {
  const stored = foundFor(exchange, settings);
  const query = queryOf(exchange);
  if (query.get('stream') !== 'true') return deliverJson(exchange, bodyNow(stored), 0, 0);
  const after = Number(query.get('starting_after') ?? -1);
  const events = stored.events().filter((event) => event.sequence_number > after);
  await deliverStream(exchange, eventPlan(events, exchange.faults), settings.msPerToken);
}

export async function remove(exchange: Exchange, _body: unknown, settings: Settings): Promise<void> {
  const { id } = foundFor(exchange, settings).final;
  settings.memory.of(responseStore).remove(id);
  await deliverJson(exchange, { id, object: 'response', deleted: true }, 0, 0);
}

/** `POST /v1/responses/{id}/cancel`: background responses only, and only until they are done. */
export async function cancel(exchange: Exchange, _body: unknown, settings: Settings): Promise<void> {
  const stored = foundFor(exchange, settings);
  if (stored.final.background !== true) throw new ApiError(400, 'Cannot cancel a synchronous response.');
  if (!stored.cancelled && Date.now() >= stored.doneAtMs) {
    throw new ApiError(400, 'Cannot cancel a completed response.');
  }
  stored.cancelled = true;
  await deliverJson(exchange, bodyNow(stored), 0, 0);
}

function listed(item: InputItem): object {
  if (item.type !== 'message') return item;
  const kind = item.role === 'assistant' ? 'output_text' : 'input_text';
  const content = typeof item.content === 'string' ? [{ type: kind, text: item.content }] : item.content;
  return { status: 'completed', ...item, content };
}

/** `GET /v1/responses/{id}/input_items`: what was given with the request, the latest first unless `order=asc`. */
export async function inputItems(exchange: Exchange, _body: unknown, settings: Settings): Promise<void> {
  const { given } = foundFor(exchange, settings);
  const query = queryOf(exchange);
  const ordered = query.get('order') === 'asc' ? given : given.toReversed();
  const after = query.get('after');
  const from = after === null ? 0 : ordered.findIndex((item) => item.id === after) + 1;
  const limit = Math.min(100, Math.max(1, Number(query.get('limit') ?? 20) || 20));
  const page = ordered.slice(from, from + limit);
  const body = {
    object: 'list',
    data: page.map(listed),
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
    has_more: from + limit < ordered.length,
  };
  await deliverJson(exchange, body, 0, 0);
}
