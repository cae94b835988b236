import type { FinishReason } from '../../neutral/answer.ts';
import { ownEntry } from '../../object.ts';

const READ: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  error: 'error',
};

const WRITTEN: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'content_filter',
  pause: 'stop',
  error: 'error',
};

/** A provider's finish reason. Several say `stop` of an answer that calls tools. */
export function readFinish(raw: string, calledTools: boolean): FinishReason {
  const reason = ownEntry(READ, raw) ?? 'stop';
  return reason === 'stop' && calledTools ? 'tool_calls' : reason;
}

/** The word a client of this protocol knows. */
export function writeFinish(reason: FinishReason | undefined): string {
  return WRITTEN[reason ?? 'stop'];
}
