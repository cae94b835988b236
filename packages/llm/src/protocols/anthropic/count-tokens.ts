import type { ClientCall } from '../../codec.ts';
import type { CallIssue } from '../../neutral/call.ts';
import { estimateCallTokens } from '../../neutral/estimate.ts';
import { readCall } from './read-call.ts';

/**
 * Answers `/v1/messages/count_tokens` (“Count tokens in a Message”) without asking a provider: an estimate over instructions,
 * messages with pictures, documents and thoughts, and tools.
 */
export function countTokens(call: ClientCall): string | CallIssue {
  const read = readCall(call);
  return 'malformed' in read ? read : JSON.stringify({ input_tokens: estimateCallTokens(read) });
}
