import { openSettings, sessionUuid } from '@parley/context/session';
import type { Exchange } from '../exchange.ts';
import { beyondPace } from '../load/own-pace.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { changeSession, createSession, deleteSession } from './change-session.ts';
import { contextUnavailable, findSession, ownerOf, ownKey } from './find-session.ts';
import { previewSession } from './preview-session.ts';
import type { SessionAction } from './session-address.ts';
import { etagOf, sessionObject } from './session-object.ts';
import { answer } from './session-request.ts';
import { appendTurn, listTurns } from './session-turns.ts';

type Answer = (exchange: Exchange, ports: Ports, publicId: string) => Promise<Refusal | null>;

const PAGE = 50;

/** CP-5.3. */
async function listSessions(exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  const application = exchange.caller?.application;
  const given = new URLSearchParams(exchange.query).get('before');
  const before = given === null ? null : sessionUuid(given);
  if (given !== null && before === null) {
    return refusal('invalid_parameter', { message: '`before` must be the id of a session.', param: 'before' });
  }
  const key = await ownKey(exchange, ports);
  if (application === undefined || key === null) return contextUnavailable();
  const { tenantId, id: applicationId } = application;
  const asked = { tenantId, applicationId, owner: ownerOf(exchange), before, limit: PAGE };
  const found = await ports.contexts.asks.list(asked);
  if (found === null) return contextUnavailable();
  const data = found.map(({ sessionId, sealed, ...facts }) =>
    sessionObject(
      { ...facts, publicId: `ses_${sessionId}` },
      openSettings(key, sessionId, Buffer.from(sealed, 'base64')),
    ),
  );
  const last = found.length === PAGE ? found.at(-1) : undefined;
  const next = last === undefined ? null : `ses_${last.sessionId}`;
  return answer(exchange, ports, { body: { object: 'list', data, next_before: next } });
}

/** CP-5.2. */
async function viewSession(exchange: Exchange, ports: Ports, publicId: string): Promise<Refusal | null> {
  const session = await findSession(exchange, ports, publicId);
  if (session instanceof Refusal) return session;
  const { hot, settings } = session;
  const facts = { ...hot, publicId, turns: hot.turns.length };
  return answer(exchange, ports, {
    headers: ['etag', etagOf(hot.version)],
    body: sessionObject(facts, settings),
  });
}

const ANSWERS: Readonly<Record<SessionAction, Answer>> = {
  list: listSessions,
  create: createSession,
  view: viewSession,
  change: changeSession,
  delete: deleteSession,
  turns: listTurns,
  append: appendTurn,
  preview: previewSession,
};

const WRITES = new Set<SessionAction>(['create', 'change', 'delete', 'append']);
/** `/v1/sessions`: answers what is asked of sessions, to the application whose they are (docs/context-protocol.md, CP-5). */
export async function answerSessions(exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  const { sessionAddress, caller } = exchange;
  if (sessionAddress === null || caller === null) return refusal('internal');
  const { action, id } = sessionAddress;
  if (WRITES.has(action)) {
    if (!ports.contexts.spool.accepts()) return contextUnavailable();
    const beyond = beyondPace(ports, 'sessions', caller.application.id);
    if (beyond !== null) return beyond;
  }
  try {
    return await ANSWERS[action](exchange, ports, id);
  } catch (error) {
    ports.log.warn('sessions cannot be answered', { error });
    return contextUnavailable();
  }
}
