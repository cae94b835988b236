import type { Finish, FinishReason } from '../../neutral/answer.ts';

const READ: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'refusal',
  pause_turn: 'pause',
};

const WRITTEN: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
  error: 'end_turn',
};

/** A provider's stop reason; `unwrapped`: the only tool called was the one that stood for the answer itself. */
export function readFinish(raw: string, stopSequence: unknown, unwrapped: boolean): Finish {
  const read = Object.hasOwn(READ, raw) ? (READ[raw] as FinishReason) : 'stop';
  const reason = read === 'tool_calls' && unwrapped ? 'stop' : read;
  return raw === 'stop_sequence' && typeof stopSequence === 'string' ? { reason, raw, stopSequence } : { reason, raw };
}

/** `stop_reason` and `stop_sequence` for a client. Agents go by `tool_use`, so an answer that calls tools says it. */
export function writeFinish(
  finish: Finish | null,
  calledTools: boolean,
): { readonly stop_reason: string; readonly stop_sequence: string | null } {
  if (finish?.raw === 'model_context_window_exceeded') return { stop_reason: finish.raw, stop_sequence: null };
  const reason = finish?.reason ?? 'stop';
  if (reason === 'stop' && calledTools) return { stop_reason: 'tool_use', stop_sequence: null };
  if (reason === 'stop' && finish?.stopSequence !== undefined) {
    return { stop_reason: 'stop_sequence', stop_sequence: finish.stopSequence };
  }
  return { stop_reason: WRITTEN[reason], stop_sequence: null };
}
