import { hash } from 'node:crypto';
import { TokenFault } from '@parley/party-token/compact';
import { judgeProof, PROOF_AGE_SECONDS, PROOF_AHEAD_SECONDS, type Proof, readProof } from '@parley/party-token/proof';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { PartyToken } from './party-tokens.ts';

/** Longer than a proof can be good: until then a second one of its name is refused. */
const SEEN_MS = (PROOF_AGE_SECONDS + 2 * PROOF_AHEAD_SECONDS) * 1000;

/** A refusal in DPoP's own words (RFC 9449 §7.1); `reason` is plain ASCII without quotes. */
function refuseProof(reason: string, error: 'invalid_token' | 'invalid_dpop_proof'): Refusal {
  const authenticate = `DPoP realm="parley", error="${error}", error_description="${reason}", algs="EdDSA ES256"`;
  return refusal('party_token_refused', { message: `${reason}.`, authenticate });
}

/** Addresses a call may be known under (PT-12.3): the gateway's own, and a host of the tenant's. */
function urlsOf({ tenant, host, path }: Exchange, gatewayUrl: string): string[] {
  const bound = tenant?.doc.hosts?.some((one) => one.host === host) ?? false;
  return bound ? [`https://${host}${path}`] : [gatewayUrl + path];
}

/** The proof that a call with a bound token came with, as far as it can be judged by itself; `null` for a token that is not bound. */
export function proofOf(exchange: Exchange, ports: Ports, token: PartyToken): Proof | Refusal | null {
  const jkt = token.claims.cnf?.jkt;
  const { dpopToken, dpopProof, method } = exchange;
  if (jkt === undefined) {
    return dpopToken === null
      ? null
      : refuseProof('The token is not bound to a key: send it as Bearer', 'invalid_token');
  }
  if (dpopToken === null || dpopProof === null) {
    return refuseProof('The token is bound to a key: send it as DPoP, with a proof', 'invalid_token');
  }
  const proof = readProof(dpopProof);
  if (proof instanceof TokenFault) return refuseProof(proof.reason, 'invalid_dpop_proof');
  const urls = urlsOf(exchange, ports.parties?.gatewayUrl ?? '');
  const against = judgeProof(proof, { jkt, token: dpopToken, method, urls, nowMs: ports.clock.nowMs() });
  return against === null ? proof : refuseProof(against.reason, 'invalid_dpop_proof');
}

/** Takes note of a proof on all nodes, once (PT-12.4). */
export async function takeProof({ jkt, jti }: Proof, ports: Ports, { tenantId }: PartyToken): Promise<Refusal | null> {
  const name = hash('sha256', `${jkt}.${jti}`, 'base64url');
  const first = await ports.parties?.states.once(tenantId, name, SEEN_MS).catch(() => undefined);
  if (first === undefined) return refusal('party_state_unavailable', { retryAfterSeconds: 1 });
  return first ? null : refuseProof('The proof was sent before', 'invalid_dpop_proof');
}
