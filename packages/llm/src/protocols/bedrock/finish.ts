import type { Finish, FinishReason } from '../../neutral/answer.ts';
import { isObject, textOf } from '../../object.ts';

const READ: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
  refusal: 'refusal',
};

/** Where Claude says which stop sequence was met: a field of its own that has to be asked for. */
export function stopSequencePaths(stream: boolean): readonly string[] {
  return stream ? ['/delta/stop_sequence'] : ['/stop_sequence'];
}

function stopSequenceOf(fields: unknown): string | undefined {
  if (!isObject(fields)) return undefined;
  return textOf(fields.stop_sequence) ?? (isObject(fields.delta) ? textOf(fields.delta.stop_sequence) : undefined);
}

/** `unwrapped`: the only tool called was the one that stood for the answer itself. `fields`: the model's own of the answer. */
export function readFinish(raw: string, unwrapped: boolean, fields: unknown): Finish {
  const read = Object.hasOwn(READ, raw) ? (READ[raw] as FinishReason) : 'stop';
  const reason = read === 'tool_calls' && unwrapped ? 'stop' : read;
  const stopSequence = raw === 'stop_sequence' ? stopSequenceOf(fields) : undefined;
  return stopSequence === undefined ? { reason, raw } : { reason, raw, stopSequence };
}
