import { looksLikePartyToken, TokenFault } from '@parley/party-token/compact';
import type { Proof } from '@parley/party-token/proof';
import type { Exchange } from '../exchange.ts';
import { IDENTIFIES, noted } from '../explain/notes.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { CompiledApplication } from '../snapshot/compiled.ts';
import type { Missing } from '../snapshot/store.ts';
import type { Stage } from '../stage.ts';
import { isLive, type PartyToken } from './party-tokens.ts';
import { proofOf, takeProof } from './prove.ts';
import type { Found } from './states/known-states.ts';

/** A refusal of PT-6.2; `reason` is plain ASCII without quotes. */
export function refuseToken(reason: string): Refusal {
  const authenticate = `Bearer realm="parley", error="invalid_token", error_description="${reason}"`;
  return refusal('party_token_refused', { message: `${reason}.`, authenticate });
}

/** What a state says against a token that is not live by it. */
const AGAINST: Readonly<Record<Exclude<Found, 'unavailable'>, string>> = {
  issued: 'The token waits for signatures',
  active: 'The token is not active',
  withdrawn: 'The token is not active: a signature was withdrawn',
  revoked: 'The token was revoked',
  ended: 'The token has ended: it is of an earlier generation',
};

/** Takes party tokens where API keys are taken (PT-6.1); everybody else is found as usual. */
export function orParty(usual: Stage): Stage {
  const stage: Stage = (exchange, ports) => {
    const text = sentText(exchange);
    const isToken = text !== null && ports.parties !== null && looksLikePartyToken(text);
    return isToken ? identifyParty(exchange, ports) : usual(exchange, ports);
  };
  return noted(stage, IDENTIFIES);
}

/** A token as it was sent: with a proof, or as a key would be. */
function sentText({ dpopToken, keyText }: Exchange): string | null {
  return dpopToken ?? keyText;
}

/** Finds who calls by a party token: form, signature, claims, times, state, and the key it stands for (PT-6.2). */
export function identifyParty(exchange: Exchange, ports: Ports): Refusal | null | Promise<Refusal | null> {
  const token = ports.parties?.read(sentText(exchange) ?? '');
  if (token === undefined) return refusal('credentials_refused');
  if (token instanceof TokenFault) return refuseToken(token.reason);
  const proof = proofOf(exchange, ports, token);
  if (proof instanceof Refusal) return proof;
  const found = ports.parties?.states.find(token.tenantId, token) ?? 'unavailable';
  return found instanceof Promise
    ? found.then((state) => judgeState(exchange, ports, { token, proof, state }))
    : judgeState(exchange, ports, { token, proof, state: found });
}

interface Judged {
  readonly token: PartyToken;
  readonly proof: Proof | null;
  readonly state: Found;
}

function judgeState(
  exchange: Exchange,
  ports: Ports,
  { token, proof, state }: Judged,
): Refusal | null | Promise<Refusal | null> {
  if (state === 'unavailable') return refusal('party_state_unavailable', { retryAfterSeconds: 1 });
  if (!isLive(token, state)) return refuseToken(AGAINST[state]);
  if (proof === null) return findApplication(exchange, ports, token);
  return takeProof(proof, ports, token).then((refused) => refused ?? findApplication(exchange, ports, token));
}

function findApplication(
  exchange: Exchange,
  ports: Ports,
  token: PartyToken,
): Refusal | null | Promise<Refusal | null> {
  const found = ports.snapshot.applicationById(token.claims.app);
  return found instanceof Promise
    ? found.then((application) => take(exchange, ports, token, application))
    : take(exchange, ports, token, found);
}

/** A token is worth what its key is worth now, and has no scope that the key has lost. */
function take(
  exchange: Exchange,
  ports: Ports,
  token: PartyToken,
  application: CompiledApplication | Missing,
): Refusal | null {
  if (application === 'unavailable') return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
  const nowMs = ports.clock.nowMs();
  const key =
    application === 'absent' || application.tenantId !== token.tenantId
      ? undefined
      : application.doc.keys.find(
          ({ id, revokedAtMs, expiresAtMs }) =>
            id === token.claims.client_id && revokedAtMs === null && (expiresAtMs === null || expiresAtMs > nowMs),
        );
  if (application === 'absent' || key === undefined) {
    return refuseToken('The key that this token was issued with is no longer good');
  }
  const scopes = token.scopes.filter((scope) => key.scopes?.includes(scope));
  // The key with the token's scopes: whatever asks for a key's must not find more.
  exchange.caller = { application, key: { ...key, scopes } };
  exchange.party = token;
  exchange.scopes = scopes;
  exchange.subject = token.subject;
  return null;
}
