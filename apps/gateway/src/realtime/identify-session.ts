import type { Exchange } from '../exchange.ts';
import { IDENTIFIES, noted } from '../explain/notes.ts';
import { identifyCaller } from '../policies/callers/identify-caller.ts';
import { noteKey } from '../policies/callers/note-key.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledApplication } from '../snapshot/compiled.ts';
import type { Missing } from '../snapshot/store.ts';
import type { EndpointSource, Stage } from '../stage.ts';
import { identify } from '../stages/identify.ts';
import { type ClientSecret, isClientSecret } from './client-secrets.ts';

/** Finds who opens a session at an API's address: by a client secret where the API takes keys, else as any caller there. */
export function identifySession(source: EndpointSource): Stage {
  const usual = identifyCaller(source);
  const takesKeys = source.policies.callers?.methods?.some(({ kind }) => kind === 'apiKey') ?? true;
  if (!takesKeys) return usual;
  const stage: Stage = (exchange, ports) =>
    isClientSecret(exchange.keyText) ? bySecret(exchange, ports, exchange.keyText) : usual(exchange, ports);
  return noted(stage, IDENTIFIES);
}

/** The same at `/v1/realtime`. */
export const identifyOpenSession: Stage = noted(
  (exchange, ports) =>
    isClientSecret(exchange.keyText) ? bySecret(exchange, ports, exchange.keyText) : identify(exchange, ports),
  IDENTIFIES,
);

function bySecret(exchange: Exchange, ports: Ports, text: string): Refusal | null | Promise<Refusal | null> {
  const secret = ports.clientSecrets.open(text);
  if (secret === null) return refusal('key_unknown');
  if (secret.expiresAtMs <= ports.clock.nowMs()) {
    return refusal('key_expired', { message: 'This client secret has expired.' });
  }
  const found = ports.snapshot.applicationById(secret.applicationId);
  if (found instanceof Promise) return found.then((application) => take(exchange, ports, secret, application));
  return take(exchange, ports, secret, found);
}

/** A secret is worth what its key is worth now, and opens sessions with its model only. */
function take(
  exchange: Exchange,
  ports: Ports,
  secret: ClientSecret,
  application: CompiledApplication | Missing,
): Refusal | null {
  if (application === 'unavailable') return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
  const key = application === 'absent' ? undefined : application.doc.keys.find(({ id }) => id === secret.keyId);
  if (application === 'absent' || key === undefined) return refusal('key_unknown');
  if (key.revokedAtMs !== null) return refusal('key_revoked');
  if (key.expiresAtMs !== null && key.expiresAtMs <= ports.clock.nowMs()) return refusal('key_expired');
  exchange.caller = { application, key };
  noteKey(exchange);
  const { modelPath } = exchange;
  if (modelPath === null || (modelPath.model !== '' && modelPath.model !== secret.model)) {
    return refusal('model_not_found', { message: 'This client secret is for another model.', param: 'model' });
  }
  exchange.modelPath = { ...modelPath, model: secret.model };
  exchange.sessionSettings = secret.session;
  return null;
}
