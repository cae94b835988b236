import type { CallIssue } from '@parley/llm/neutral/call';
import { codecOf } from '@parley/llm/ways';
import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';

/** Reads the body as a request of its client's protocol, as far as every call needs it. */
export function readChat(exchange: Exchange): Refusal | null {
  const { modelPath, query } = exchange;
  const client = modelPath === null ? null : (codecOf(modelPath.protocol)?.client ?? null);
  if (modelPath === null || client === null) return refusal('route_not_found');
  const { model, stream } = modelPath;
  const read = client.envelope(exchange.body?.toString('utf8') ?? '', { model, stream, query });
  if ('malformed' in read) return callIssue(read);
  exchange.chat = read;
  exchange.stream = read.stream;
  return null;
}

/** What is wrong with a request, as its refusal. */
export function callIssue(issue: CallIssue): Refusal {
  const { malformed, param, message } = issue;
  return refusal(malformed ? 'malformed_json' : 'invalid_parameter', { message, param });
}
