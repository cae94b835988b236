import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { applicationNames } from '@parley/contracts/identity';
import type { InboundPolicy } from '@parley/contracts/policies/inbound';
import type { Exchange } from '../../exchange.ts';
import { IDENTIFIES, noted } from '../../explain/notes.ts';
import type { Ports } from '../../ports/ports.ts';
import { Refusal, refusal } from '../../refusals.ts';
import type { CompiledWebhookSecret } from '../../snapshot/compiled.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { identify } from '../../stages/identify.ts';
import { collectBody, hasBody } from '../../wire/body.ts';
import { type Claimed, type Scheme, schemeOf } from './schemes.ts';

/** The same whatever was wrong: which part it was would help only whoever guesses. */
const AUTHENTICATE = 'Signature realm="parley", error_description="The signature does not fit"';
const EMPTY = Buffer.alloc(0);

/**
 * Knows a third party by its signature; the call then counts to the application of the policy. A stranger is answered as
 * on any other path. `null` for an endpoint without the policy.
 */
export function identifyInbound({ policies, tenantId, api }: EndpointSource): Stage | null {
  const policy = policies.inbound;
  if (!policy) return null;
  const scheme = schemeOf(policy.sender);
  const name = applicationNames.slug(tenantId, policy.application);
  const maxBytes = Math.min(api.maxBodyBytes, policy.maxBodyKb * 1024);
  const stage: Stage = (exchange, ports) => {
    const claimed = scheme.read(exchange);
    if (claimed === null || claimed.signatures.length === 0 || isLate(claimed, policy, ports)) {
      return refuseStranger(exchange, ports);
    }
    return check({ exchange, ports, claimed, scheme, policy }, { name, maxBytes });
  };
  return noted(stage, IDENTIFIES);
}

function isLate({ timestamp }: Claimed, { toleranceSeconds }: InboundPolicy, ports: Ports): boolean {
  return timestamp !== null && Math.abs(ports.clock.nowMs() / 1000 - timestamp) > toleranceSeconds;
}

interface Delivery {
  readonly exchange: Exchange;
  readonly ports: Ports;
  readonly claimed: Claimed;
  readonly scheme: Scheme;
  readonly policy: InboundPolicy;
}

async function check(
  delivery: Delivery,
  { name, maxBytes }: { name: string; maxBytes: number },
): Promise<Refusal | null> {
  const { exchange, ports, claimed, scheme, policy } = delivery;
  const application = await ports.snapshot.applicationByName(name);
  if (application === 'unavailable') return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
  const secrets = application === 'absent' ? undefined : application.webhookSecrets.get(policy.secret);
  if (application === 'absent' || secrets === undefined) return refuseStranger(exchange, ports);
  const body = exchange.body ?? (hasBody(exchange) ? await collectBody(exchange, maxBytes) : EMPTY);
  if (body instanceof Refusal) return body;
  if (hasBody(exchange)) exchange.body = body;
  const fitting = fits(delivery, secrets, body);
  if (fitting === null) return refuseStranger(exchange, ports);
  exchange.caller = { application, key: { id: fitting.id, expiresAtMs: null, revokedAtMs: null } };
  exchange.subject = fitting.id;
  exchange.deliveryId = claimed.id ?? idIn(body, scheme) ?? signatureId(claimed);
  return null;
}

/** The secret that one of the signatures was made with; every pair is compared in constant time. */
function fits(
  { claimed, scheme, ports }: Delivery,
  secrets: readonly CompiledWebhookSecret[],
  body: Buffer,
): CompiledWebhookSecret | null {
  const now = ports.clock.nowMs();
  for (const secret of secrets) {
    if (secret.expiresAtMs !== null && secret.expiresAtMs <= now) continue;
    const key = scheme.key(secret.text);
    if (key === null) continue;
    const expected = createHmac(scheme.algorithm, key)
      .update(claimed.before)
      .update(body)
      .update(claimed.after)
      .digest();
    for (const given of claimed.signatures) {
      if (given.length === expected.length && timingSafeEqual(given, expected)) return secret;
    }
  }
  return null;
}

/** The delivery's id in a JSON body; read only once the signature is known to be good. */
function idIn(body: Buffer, { idField }: Scheme): string | null {
  if (idField === null) return null;
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    const value = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>)[idField] : null;
    return typeof value === 'string' && value !== '' ? value : null;
  } catch {
    return null;
  }
}

/** Where nobody names the delivery, its signature does: a repeat byte for byte is the same. */
function signatureId({ signatures, timestamp }: Claimed): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${timestamp ?? ''}.`), ...signatures]), 'base64url');
}

/** What a path that leads nowhere would answer to the same credentials. */
function refuseStranger(exchange: Exchange, ports: Ports): Refusal | Promise<Refusal> {
  const take = (outcome: Refusal | null): Refusal => {
    if (outcome === null) return refusal('credentials_refused', { authenticate: AUTHENTICATE });
    if (outcome.status !== 401) return outcome;
    return refusal(outcome.code, { ...outcome.details, authenticate: AUTHENTICATE });
  };
  const outcome = identify(exchange, ports);
  return outcome instanceof Promise ? outcome.then(take) : take(outcome);
}
