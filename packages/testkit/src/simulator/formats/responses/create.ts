import { promptTokens } from '../../core/prompt.ts';
import { deliverJson, deliverStream, streams } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import type { Look, Settings } from '../../format.ts';
import { parseModel } from '../../models.ts';
import { ApiError } from '../openai/api-error.ts';
import { promptBlocked } from '../openai/chat.ts';
import { conversationOf } from './conversation.ts';
import { distortEvents, distortResponse, endedAs } from './distort.ts';
import { eventPlan } from './event-plan.ts';
import { responseEvents } from './events.ts';
import { wholeHistory } from './history.ts';
import type { InputItem } from './input-items.ts';
import { accountOf, makeResponse } from './make-response.ts';
import { parseResponseRequest, type ResponseRequest } from './request.ts';
import { type ResponseStore, responseStore } from './store.ts';
import { bodyNow } from './stored.ts';

/** Text of the last user message: where `[[simulate: …]]` is looked for. */
export function lookAtResponses(body: unknown): Look {
  const { model, stream, input } = (body ?? {}) as { model?: unknown; stream?: unknown; input?: unknown };
  const items = (Array.isArray(input) ? input : []) as { role?: unknown; content?: unknown }[];
  const last = typeof input === 'string' ? input : items.findLast((item) => item?.role === 'user')?.content;
  const parts: unknown[] = Array.isArray(last) ? last : [{ text: last }];
  const texts = parts
    .map((part) => (part as { text?: unknown } | null)?.text)
    .filter((text) => typeof text === 'string');
  return { model: typeof model === 'string' ? model : null, stream: stream === true, text: texts.join(' ') };
}

function previousTurns(request: ResponseRequest, store: ResponseStore): readonly InputItem[] {
  const id = request.previous_response_id;
  if (!id) return [];
  if (store.has(id)) return store.find(id).history;
  throw new ApiError(400, `Previous response with id '${id}' not found.`, {
    param: 'previous_response_id',
    code: 'previous_response_not_found',
  });
}

const ID_PREFIXES: Partial<Record<InputItem['type'], string>> = {
  message: 'msg',
  reasoning: 'rs',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctc',
};

/** Ids for what was given without one. */
function withIds(items: readonly InputItem[], key: string): (InputItem & { id: string })[] {
  return items.map((item, at) => ({
    ...item,
    id: item.id ?? `${ID_PREFIXES[item.type] ?? 'fc'}_${key}in${at}`,
  }));
}

/** How long a background response takes at least, so that its being queued can be seen. */
const BACKGROUND_LEAST_MS = 200;

/** `POST /v1/responses`. Throws ApiError for a request OpenAI would refuse. */
export async function createResponse(exchange: Exchange, body: unknown, settings: Settings): Promise<void> {
  const request = parseResponseRequest(body);
  if (exchange.faults.has('prompt-blocked')) throw promptBlocked();
  const { model } = parseModel(request.model);
  const store = settings.memory.of(responseStore);
  const history = wholeHistory(previousTurns(request, store), request.input, accountOf(exchange), store);
  const textBeforeTools = exchange.faults.has('text-before-tools');
  const conversation = { ...conversationOf(request, model, history), textBeforeTools };
  const made = makeResponse(exchange, request, conversation, settings, request.store === false ? 0 : store.next());
  const said = distortResponse(made.final, exchange.faults);
  const final = endedAs(said, exchange.faults);
  const background = request.background === true;
  const obfuscate = request.stream_options?.include_obfuscation !== false;
  const { faults } = exchange;
  const events = () => distortEvents(responseEvents(said, made.pieces, { obfuscate, background }), faults);
  const pace = exchange.faults.get('slow-tokens')?.value ?? settings.msPerToken;
  const tokens = made.answer.completionTokens;
  const now = Date.now();
  const stored = {
    final,
    events,
    given: withIds(request.input, final.id.slice(5)),
    history: [...history, ...final.output],
    startedAtMs: now,
    doneAtMs: background ? now + Math.max(BACKGROUND_LEAST_MS, pace * tokens) : now,
    cancelled: false,
  };
  if (request.store !== false) store.save(stored);
  if (streams(exchange, request.stream === true)) {
    await deliverStream(exchange, eventPlan(events(), faults), settings.msPerToken);
  } else if (background) {
    await deliverJson(exchange, bodyNow(stored), 0, 0);
  } else {
    await deliverJson(exchange, final, tokens, settings.msPerToken);
  }
}

/** `POST /v1/responses/input_tokens`: what the input would cost, nothing made. */
export async function countInput(exchange: Exchange, body: unknown, settings: Settings): Promise<void> {
  const request = parseResponseRequest(body);
  const { model } = parseModel(request.model);
  const store = settings.memory.of(responseStore);
  const history = wholeHistory(previousTurns(request, store), request.input, accountOf(exchange), store);
  const input_tokens = promptTokens(conversationOf(request, model, history));
  await deliverJson(exchange, { object: 'response.input_tokens', input_tokens }, 0, 0);
}
