import type { Finish, FinishReason } from '../../neutral/answer.ts';

const READ: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  LANGUAGE: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  MALFORMED_FUNCTION_CALL: 'error',
  MALFORMED_RESPONSE: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  NO_IMAGE: 'error',
  IMAGE_OTHER: 'error',
  OTHER: 'error',
  CONTINUATION: 'pause',
};

/** Gemini says `STOP` also where it waits for the results of tools. */
export function readFinish(raw: string, sawToolCall: boolean): Finish {
  const reason = Object.hasOwn(READ, raw) ? (READ[raw] as FinishReason) : 'stop';
  return { reason: reason === 'stop' && sawToolCall ? 'tool_calls' : reason, raw };
}

const WRITTEN: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  tool_calls: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
  refusal: 'SAFETY',
  pause: 'OTHER',
  error: 'OTHER',
};

export function writeFinish(finish: Finish | null): string {
  return finish === null ? 'OTHER' : WRITTEN[finish.reason];
}
