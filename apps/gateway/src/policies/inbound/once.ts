import { hash } from 'node:crypto';
import { redisKeys } from '@parley/contracts/redis-keys';
import type { Exchange } from '../../exchange.ts';
import { acting, preparing } from '../../explain/notes.ts';
import type { IdempotencyKeys } from '../../ports/idempotency/keys.ts';
import type { Claim } from '../../ports/idempotency/store.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { reply } from '../../stages/reply.ts';
import type { Keeps } from '../idempotency/keeping.ts';
import { schemeOf } from './schemes.ts';

const RETRY_SECONDS = 5;
const RUNNING = 'This delivery is being handled at this moment.';
const UNKNOWN = 'Whether this delivery was handled before cannot be told at the moment.';

/** Takes the signature out of what goes on to an upstream; `null` without the policy. */
export function dropSignature({ policies }: EndpointSource): Stage | null {
  if (!policies.inbound) return null;
  const dropped = new Set(schemeOf(policies.inbound.sender).headers);
  return preparing('inbound', (exchange) => {
    const headers = exchange.forwardHeaders;
    for (let at = headers.length - 2; at >= 0; at -= 2) if (dropped.has(headers[at] as string)) headers.splice(at, 2);
    return null;
  });
}

/**
 * Handles each delivery once: repeats of one that went well are answered 200, those of one that runs are sent away to
 * come again, and one that failed is handled anew. `null` without the policy.
 */
export function handleOnce({ policies }: EndpointSource): Stage | null {
  const policy = policies.inbound;
  if (!policy) return null;
  if (policy.dedupeSeconds === 0) return acting('inbound', () => null);
  const ttlMs = policy.dedupeSeconds * 1000;
  return acting('inbound', (exchange, ports) => claim(exchange, ports, ttlMs));
}

async function claim(exchange: Exchange, ports: Ports, ttlMs: number): Promise<Refusal | null> {
  const { tenant, version, deliveryId, caller } = exchange;
  if (tenant === null || deliveryId === null) return refusal('internal');
  const text = JSON.stringify(['inbound', caller?.application.id, version?.id, exchange.route?.id, deliveryId]);
  const name = redisKeys.idempotency(tenant.id, hash('sha256', text, 'base64url'));
  let found: Claim;
  try {
    found = await ports.idempotency.claim(name, '', exchange.id);
  } catch {
    // Handling it twice would be worse than being sent it again.
    return refusal('idempotency_unavailable', { retryAfterSeconds: RETRY_SECONDS, message: UNKNOWN });
  }
  if (found.kind === 'running')
    return refusal('idempotency_in_progress', { retryAfterSeconds: RETRY_SECONDS, message: RUNNING });
  if (found.kind !== 'claimed') {
    if (exchange.settled) return null;
    exchange.cacheUse = 'replayed';
    reply(exchange, ports, 200, '{"status":"duplicate"}');
    return null;
  }
  // The sender may have left meanwhile: nothing has been done for it.
  if (exchange.settled) await ports.idempotency.release(name);
  else exchange.keeping = new Handled(ports.idempotency, name, ttlMs);
  return null;
}

/** Remembers that a delivery was handled well, or frees it for another try of its sender. */
class Handled implements Keeps {
  readonly #keys: IdempotencyKeys;
  readonly #name: string;
  readonly #ttlMs: number;

  constructor(keys: IdempotencyKeys, name: string, ttlMs: number) {
    this.#keys = keys;
    this.#name = name;
    this.#ttlMs = ttlMs;
  }

  piece(): void {}

  async end({ status, upstreamReached }: Exchange): Promise<void> {
    const well = upstreamReached && status >= 200 && status < 300;
    return well ? this.#keys.keep(this.#name, null, this.#ttlMs) : this.#keys.release(this.#name);
  }
}
