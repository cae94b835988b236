import { createHmac, timingSafeEqual } from 'node:crypto';
import { applicationNames } from '@parley/contracts/identity';
import type { HmacMethod } from '@parley/contracts/policies/callers/hmac';
import type { IdentitySnapshot } from '@parley/contracts/snapshot';
import type { Exchange } from '../../../exchange.ts';
import type { Ports } from '../../../ports/ports.ts';
import { Failure } from '../../../ports/tokens/failure.ts';
import { Refusal, refusal } from '../../../refusals.ts';
import type { CompiledApplication } from '../../../snapshot/compiled.ts';
import { collectBody, hasBody } from '../../../wire/body.ts';
import type { Finding, Method } from '../method.ts';
import { digestFits } from './content-digest.ts';
import { readMessageSignature } from './message-signature.ts';
import type { Signed } from './signed.ts';
import { readSimple, SIMPLE_HEADER } from './simple.ts';

/** Signed bodies are read before anything is done with them, so they are bounded beside the API's own bound. */
const MAX_BODY = 1024 * 1024;
const EMPTY = Buffer.alloc(0);

const LATE = new Failure('The time of the signature is too far from now');
const WRONG = new Failure('The signature does not fit');
const DIGEST = new Failure('The Content-Digest does not fit the body');
const REPLAYED = new Failure('This signature was used before; sign each call with a nonce of its own');

/** Requests signed with the shared secret of an identity, by RFC 9421 or in the simple form. */
export function hmacMethod({ forms, toleranceSeconds }: HmacMethod): Method {
  const standard = forms.includes('rfc9421');
  const simple = forms.includes('simple');

  async function check(signed: Signed, exchange: Exchange, ports: Ports): Promise<Finding> {
    const name = applicationNames.identity('hmac', '', signed.keyId);
    const application = await ports.snapshot.applicationByName(name);
    if (application === 'unavailable') return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
    const identity = application === 'absent' ? undefined : application.identities.get(name);
    const secret = application === 'absent' ? undefined : application.secrets.get(name);
    if (application === 'absent' || identity === undefined || secret === undefined) return WRONG;
    const body = await bodyOf(exchange);
    if (body instanceof Refusal) return body;
    const failure = judge(signed, exchange, { secret, body });
    if (failure !== null) return failure;
    return takeOnce(signed, { application, identity }, ports);
  }

  async function takeOnce(
    signed: Signed,
    { application, identity }: { application: CompiledApplication; identity: IdentitySnapshot },
    ports: Ports,
  ): Promise<Finding> {
    const name = `${identity.id}:${signed.signature.toString('base64url')}`;
    try {
      if (!(await ports.nonces.take(name, 2 * toleranceSeconds + 1))) return REPLAYED;
    } catch {
      // Whether it is a replay cannot be told while Redis is away.
      return refusal('limiter_unavailable', { retryAfterSeconds: 2 });
    }
    const key = { id: identity.id, expiresAtMs: null, revokedAtMs: null };
    return { caller: { application, key }, scopes: identity.scopes, subject: identity.id };
  }

  return {
    scheme: 'Signature',
    parameters: [],
    headers: standard ? ['signature', 'signature-input', SIMPLE_HEADER] : [SIMPLE_HEADER],
    query: [],
    find(exchange, ports) {
      const signed = (standard ? readMessageSignature(exchange) : null) ?? (simple ? readSimple(exchange) : null);
      if (signed === null || signed instanceof Failure) return signed;
      const now = ports.clock.nowMs() / 1000;
      const ended = signed.expiresAt !== null && signed.expiresAt < now;
      if (ended || Math.abs(now - signed.createdAt) > toleranceSeconds) return LATE;
      return check(signed, exchange, ports);
    },
  };
}

async function bodyOf(exchange: Exchange): Promise<Buffer | Refusal> {
  if (exchange.body === null && !hasBody(exchange)) return EMPTY;
  const body = await collectBody(exchange, Math.min(exchange.api?.maxBodyBytes ?? MAX_BODY, MAX_BODY));
  if (!(body instanceof Refusal)) exchange.body = body;
  return body;
}

function judge(signed: Signed, exchange: Exchange, { secret, body }: { secret: string; body: Buffer }): Failure | null {
  const text = signed.text(exchange);
  if (text === null) return WRONG;
  const mac = createHmac('sha256', secret).update(text);
  const expected = (signed.bodyFollows ? mac.update(body) : mac).digest();
  if (!timingSafeEqual(expected, signed.signature)) return WRONG;
  const digest = exchange.request.headers['content-digest'];
  if (signed.bodyFollows || body.length === 0) return null;
  return digestFits(typeof digest === 'string' ? digest : undefined, body) ? null : DIGEST;
}
