import { codecOf } from '@parley/llm/ways';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { callIssue } from './read-chat.ts';
import { reply } from './reply.ts';

/** Answers how many tokens a call would take in, by the gateway's own estimate: no provider is asked and nothing is billed. */
export function countTokens(exchange: Exchange, ports: Ports): Refusal | null {
  const { chat } = exchange;
  const client = chat === null ? null : codecOf(chat.protocol)?.client;
  if (!chat || !client?.countTokens) return refusal('route_not_found');
  const counted = client.countTokens(chat);
  if (typeof counted !== 'string') return callIssue(counted);
  reply(exchange, ports, 200, counted);
  return null;
}
