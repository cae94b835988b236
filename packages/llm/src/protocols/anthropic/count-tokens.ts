import type { CallIssue } from '../../neutral/call.ts';
import { estimateCallTokens } from '../../neutral/estimate.ts';
import { readCall } from './read-call.ts';
import { readEnvelope } from './request.ts';

/**
 * Answers `/v1/messages/count_tokens` (“Count tokens in a Message”) without asking a provider: an estimate over instructions,
 * messages with pictures, documents and thoughts, and tools.
 */
export function countMessageTokens(text: string): { readonly input_tokens: number } | CallIssue {
  const envelope = readEnvelope(text);
  if ('malformed' in envelope) return envelope;
  const call = readCall(envelope);
  return 'malformed' in call ? call : { input_tokens: estimateCallTokens(call) };
}
