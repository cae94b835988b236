import type { IdempotencyPolicy } from '@parley/contracts/policies/idempotency';
import { redisKeys } from '@parley/contracts/redis-keys';
import { type DataKey, openBuffer } from '@parley/kernel/seal';
import type { Exchange } from '../../exchange.ts';
import { acting, preparing } from '../../explain/notes.ts';
import type { Claim } from '../../ports/idempotency/store.ts';
import type { Ports } from '../../ports/ports.ts';
import { Refusal, refusal } from '../../refusals.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { settle } from '../../stages/settle.ts';
import { collectBody, hasBody } from '../../wire/body.ts';
import { addOwnHeaders } from '../../wire/response-headers.ts';
import { Keeping, sealPurpose } from './keeping.ts';
import { readAnswer } from './kept-answer.ts';
import { fingerprintOf, keyName, readKey } from './key.ts';

const METHODS = new Set(['POST', 'PATCH']);

/**
 * Reads the key of a POST or PATCH, and the body its fingerprint needs; bad keys are refused before they count against a
 * limit. `null` without the policy.
 */
export function readIdempotencyKey({ policies }: EndpointSource): Stage | null {
  const policy = policies.idempotency;
  // A third party's deliveries are told apart by their own ids.
  if (!policy || policies.inbound) return null;
  return preparing('idempotency', (exchange) => {
    if (!METHODS.has(exchange.method)) return null;
    const key = readKey(exchange);
    if (key instanceof Refusal) return key;
    if (key === null) return policy.required ? refusal('idempotency_key_missing') : null;
    exchange.idempotencyKey = key;
    if (exchange.body !== null || !hasBody(exchange)) return null;
    return collectBody(exchange, exchange.api?.maxBodyBytes ?? 0).then((body) => {
      if (body instanceof Refusal) return body;
      exchange.body = body;
      return null;
    });
  });
}

/** Runs the first call of a key, answers its repeats, and refuses what is neither. `null` without the policy. */
export function idempotency({ policies }: EndpointSource): Stage | null {
  const policy = policies.idempotency;
  if (!policy || policies.inbound) return null;
  return acting('idempotency', (exchange, ports) =>
    exchange.idempotencyKey === null ? null : claim(exchange, ports, policy),
  );
}

async function claim(exchange: Exchange, ports: Ports, policy: IdempotencyPolicy): Promise<Refusal | null> {
  const { tenant } = exchange;
  if (tenant === null || exchange.idempotencyKey === null) return refusal('internal');
  const name = redisKeys.idempotency(tenant.id, keyName(exchange, exchange.idempotencyKey));
  const away = () =>
    policy.whenUnavailable === 'pass' ? null : refusal('idempotency_unavailable', { retryAfterSeconds: 5 });
  if (tenant.dataKey === null) return away();
  let found: Claim;
  try {
    found = await ports.idempotency.claim(name, exchange.fingerprint ?? fingerprintOf(exchange), exchange.id);
  } catch {
    return away();
  }
  switch (found.kind) {
    case 'mismatch':
      return refusal('idempotency_mismatch');
    case 'running':
      return refusal('idempotency_in_progress', { retryAfterSeconds: 1 });
    case 'answered':
      return found.answer === null
        ? refusal('idempotency_not_kept')
        : replay(exchange, ports, tenant.dataKey, { name, sealed: found.answer });
    case 'claimed':
      // The client may have left meanwhile: nothing has been sent for it.
      if (exchange.settled) await ports.idempotency.release(name);
      else exchange.keeping = new Keeping(ports.idempotency, name, tenant.dataKey, policy);
      return null;
  }
}

/** Gives the first call's answer again; nothing is sent upstream, nothing is charged. */
function replay(
  exchange: Exchange,
  ports: Ports,
  dataKey: DataKey,
  { name, sealed }: { readonly name: string; readonly sealed: Buffer },
): Refusal | null {
  if (exchange.settled) return null;
  const answer = readAnswer(openBuffer(dataKey, sealed, sealPurpose(name)));
  const headers = [...answer.headers, 'idempotency-replayed', 'true'];
  if (answer.status !== 204) headers.push('content-length', String(answer.body.length));
  addOwnHeaders(exchange, headers, ports.life.draining);
  exchange.status = answer.status;
  exchange.replyHeaders = headers;
  exchange.replyBody = answer.body;
  exchange.responseBytes = answer.body.length;
  exchange.cacheUse = 'replayed';
  settle(exchange, ports);
  return null;
}
