import { newId } from '@parley/kernel/id';
import { isObject, parseJson } from '@parley/llm/object';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { reply } from '../stages/reply.ts';
import { SessionModels } from './session-models.ts';

/** Seconds a secret lives: bounds and default are OpenAI's. */
const SECONDS = { least: 10, usual: 600, most: 7200 };

const bad = (param: string, message: string): Refusal => refusal('invalid_parameter', { message, param });

/** Reads what a client secret is asked for (OpenAI API reference, `client_secrets`). */
export function readClientSecret(exchange: Exchange): Refusal | null {
  const { modelPath, body } = exchange;
  const asked = parseJson(body?.toString('utf8') ?? '');
  if (modelPath === null || !isObject(asked)) return refusal('malformed_json');
  const { session, expires_after: after } = asked;
  if (!isObject(session)) return bad('session', 'A client secret is for a session: `session` with its `model`.');
  if ((session.type ?? 'realtime') !== 'realtime') {
    return bad('session.type', 'Only sessions of type `realtime` are opened here.');
  }
  if (typeof session.model !== 'string' || session.model === '')
    return bad('session.model', '`session.model` names no model.');
  const seconds = isObject(after) ? (after.seconds ?? SECONDS.usual) : SECONDS.usual;
  if (!Number.isInteger(seconds) || (seconds as number) < SECONDS.least || (seconds as number) > SECONDS.most) {
    return bad('expires_after.seconds', `A client secret lives ${SECONDS.least} to ${SECONDS.most} seconds.`);
  }
  exchange.modelPath = { ...modelPath, model: session.model };
  exchange.sessionSettings = { ...session, type: 'realtime' };
  exchange.secretSeconds = seconds as number;
  return null;
}

/** Answers with a secret that opens sessions with the model asked for, while the caller's key is good. */
export function issueClientSecret(exchange: Exchange, ports: Ports): Refusal | null {
  const { caller, modelPath, sessionSettings } = exchange;
  if (caller === null || modelPath === null || sessionSettings === null) return refusal('internal');
  if (!caller.application.doc.keys.some(({ id }) => id === caller.key.id)) {
    return refusal('credentials_refused', { message: 'Client secrets stand for API keys: call with one.' });
  }
  // Names that could not be used are refused now, not when somebody's browser connects.
  const { refused } = new SessionModels(exchange).toProvider(structuredClone(sessionSettings), ports.clock.nowMs());
  if (refused !== null) return refused;
  const { model, ...session } = sessionSettings;
  const expiresAtMs = ports.clock.nowMs() + exchange.secretSeconds * 1000;
  const value = ports.clientSecrets.issue({
    applicationId: caller.application.id,
    keyId: caller.key.id,
    expiresAtMs,
    model: modelPath.model,
    session,
  });
  if (value === null)
    return bad('session', 'The settings are too long for a client secret: send them in `session.update`.');
  const shown = { object: 'realtime.session', id: `sess_${newId().replaceAll('-', '')}`, ...session, model };
  reply(exchange, ports, 200, JSON.stringify({ value, expires_at: Math.floor(expiresAtMs / 1000), session: shown }));
  return null;
}
