import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { ModelPath } from './model-path.ts';

const OPEN_CHAINS = {
  chat: 'openChat',
  beside: 'openOperation',
  count_tokens: 'openCounting',
  realtime: 'openRealtime',
  client_secrets: 'openSecrets',
} as const;

function isOpen(operation: ModelPath['operation']): operation is keyof typeof OPEN_CHAINS {
  return operation !== 'models';
}

/** A `/v1` call has found the API that offers its model: from here that API's own chain is walked. */
export function followApi(exchange: Exchange): Refusal | null {
  const target = exchange.version?.target;
  const operation = exchange.modelPath?.operation ?? 'models';
  if (target?.kind !== 'llm' || !isOpen(operation)) return refusal('internal');
  exchange.chain = target[OPEN_CHAINS[operation]];
  return null;
}
