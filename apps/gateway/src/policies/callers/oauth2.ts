import type { Exchange } from '../../exchange.ts';
import type { OwnToken } from '../../oauth/own-tokens.ts';
import type { Ports } from '../../ports/ports.ts';
import { Failure } from '../../ports/tokens/failure.ts';
import { refusal } from '../../refusals.ts';
import type { CompiledApplication } from '../../snapshot/compiled.ts';
import type { Missing } from '../../snapshot/store.ts';
import type { Finding, Method } from './method.ts';

const ENDED = new Failure('The key that this token was issued for is no longer good');

/** Whether a key still opens something: one of its secrets is neither revoked nor past its end. */
function liveKey(application: CompiledApplication, keyId: string, nowMs: number) {
  return application.doc.keys.find(
    ({ id, revokedAtMs, expiresAtMs }) =>
      id === keyId && revokedAtMs === null && (expiresAtMs === null || expiresAtMs > nowMs),
  );
}

function take(token: OwnToken, application: CompiledApplication | Missing, nowMs: number): Finding {
  if (application === 'unavailable') return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
  const key = application === 'absent' ? undefined : liveKey(application, token.keyId, nowMs);
  if (application === 'absent' || key === undefined) return ENDED;
  const held = key.scopes ?? [];
  return {
    caller: { application, key },
    scopes: token.scopes.filter((scope) => held.includes(scope)),
    subject: token.keyId,
  };
}

function find(exchange: Exchange, ports: Ports): Finding | Promise<Finding> {
  const { keyText } = exchange;
  if (keyText === null || ports.ownTokens === null) return null;
  const token = ports.ownTokens.verify(keyText);
  if (token === null || token instanceof Failure) return token;
  const nowMs = ports.clock.nowMs();
  const found = ports.snapshot.applicationById(token.applicationId);
  return found instanceof Promise
    ? found.then((application) => take(token, application, nowMs))
    : take(token, found, nowMs);
}

/** Access tokens of our own token endpoint: good as long as the key they stand for is, and with no more than its scopes. */
export const OAUTH2_METHOD: Method = { scheme: 'Bearer', parameters: [], headers: [], query: [], find };
