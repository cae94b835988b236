import type { Answer } from '../../core/answer.ts';
import { type StreamEvent, type StreamPlan, sseEvent } from '../../deliver.ts';

export interface Said {
  readonly id: string;
  readonly answer: Answer;
  /** Thinking, one piece per token. */
  readonly thinking: readonly string[];
  readonly promptTokens: number;
  /** Prompt tokens read from a cache. */
  readonly cachedTokens: number;
  readonly emptyArguments: boolean;
  readonly withoutUsage: boolean;
  readonly unknownEvents: boolean;
}

const FINISH_REASONS = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  tool_calls: 'TOOL_CALL',
  refusal: 'COMPLETE',
  content_filter: 'ERROR',
} as const;

const finishOf = ({ answer }: Said): string =>
  answer.stopSequence === null ? FINISH_REASONS[answer.finishReason] : 'STOP_SEQUENCE';

/** `tokens` is what the model saw, `billed_units` what is paid for; thinking is in both. */
function usageOf({ answer, promptTokens, cachedTokens, withoutUsage }: Said): object {
  if (withoutUsage) return {};
  const counted = { input_tokens: promptTokens, output_tokens: answer.completionTokens };
  return { usage: { billed_units: counted, tokens: counted, cached_tokens: cachedTokens } };
}

interface Call {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

const callsOf = ({ answer, emptyArguments }: Said): Call[] =>
  answer.toolCalls.map(({ id, name, arguments: json }) => ({
    id: `${name}_${id.slice(0, 12)}`,
    type: 'function',
    function: { name, arguments: emptyArguments ? '' : json },
  }));

/** The body of `POST /v2/chat` that is not streamed. */
export function chatBody(said: Said): object {
  const text = said.answer.pieces.join('');
  const calls = callsOf(said);
  const thinking = said.thinking.length > 0 ? [{ type: 'thinking', thinking: said.thinking.join('') }] : [];
  const content = [...thinking, ...(calls.length === 0 && text !== '' ? [{ type: 'text', text }] : [])];
  return {
    id: said.id,
    finish_reason: finishOf(said),
    message: {
      role: 'assistant',
      ...(content.length > 0 ? { content } : {}),
      ...(calls.length > 0 ? { tool_plan: text, tool_calls: calls } : {}),
    },
    ...usageOf(said),
  };
}

interface EventBody {
  readonly type: string;
  readonly index?: number;
  readonly id?: string;
  readonly delta?: object;
}

const event = (body: EventBody): StreamEvent => sseEvent(JSON.stringify(body), body.type);
const inMessage = (message: object): { delta: { message: object } } => ({ delta: { message } });

function contentEvents(index: number, type: 'text' | 'thinking', pieces: readonly string[]): EventBody[] {
  if (pieces.length === 0) return [];
  return [
    { type: 'content-start', index, ...inMessage({ content: { type, [type]: '' } }) },
    ...pieces.map((piece) => ({ type: 'content-delta', index, ...inMessage({ content: { [type]: piece } }) })),
    { type: 'content-end', index },
  ];
}

function callEvents(call: Call, index: number): EventBody[] {
  const opening = { ...call, function: { ...call.function, arguments: '' } };
  const fragments = call.function.arguments.match(/[\s\S]{1,8}/gu) ?? [];
  return [
    { type: 'tool-call-start', index, ...inMessage({ tool_calls: opening }) },
    ...fragments.map((text) => ({
      type: 'tool-call-delta',
      index,
      ...inMessage({ tool_calls: { function: { arguments: text } } }),
    })),
    { type: 'tool-call-end', index },
  ];
}

/** The events of a streamed chat, message-start to message-end, then `[DONE]` (Cohere docs, Streaming). */
export function chatStream(said: Said): StreamPlan {
  const { answer, thinking } = said;
  const calls = callsOf(said);
  const planned = calls.length > 0;
  const plan = planned ? answer.pieces : [];
  const start = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
  const unknown: EventBody[] = said.unknownEvents ? [{ type: 'brand-new-event', index: 0 }] : [];
  const events: EventBody[] = [
    { id: said.id, type: 'message-start', ...inMessage(start) },
    ...contentEvents(0, 'thinking', thinking),
    ...unknown,
    ...plan.map((piece) => ({ type: 'tool-plan-delta', ...inMessage({ tool_plan: piece }) })),
    ...contentEvents(thinking.length > 0 ? 1 : 0, 'text', planned ? [] : answer.pieces),
    ...calls.flatMap(callEvents),
  ];
  const end = { type: 'message-end', delta: { finish_reason: finishOf(said), ...usageOf(said) } };
  const error = 'internal server error [simulated by Parley]';
  return {
    events: events.map(event),
    closing: [event(end), sseEvent('[DONE]')],
    error: event({ type: 'message-end', delta: { error, finish_reason: 'ERROR' } }),
  };
}
