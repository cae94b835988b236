import type { ClientCall } from '../../codec.ts';
import type { CallIssue } from '../../neutral/call.ts';
import { estimateCallTokens } from '../../neutral/estimate.ts';
import { readCall } from './read-call.ts';

/**
 * Answers `countTokens` without asking a provider: an estimate over instructions, turns with their media and thoughts, and
 * tools. Most in it are given as text.
 */
export function countTokens(call: ClientCall): string | CallIssue {
  const read = readCall(call);
  return 'malformed' in read ? read : JSON.stringify({ totalTokens: estimateCallTokens(read) });
}
