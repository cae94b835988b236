import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';

/** A `/v1` call has found the API that offers its model: from here that API's own chain is walked. */
export function followApi(exchange: Exchange): Refusal | null {
  const target = exchange.version?.target;
  if (target?.kind !== 'llm') return refusal('internal');
  exchange.chain = exchange.operation === null ? target.openChat : target.openOperation;
  return null;
}
