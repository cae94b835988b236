import type { Exchange } from '../exchange.ts';
import { beyondPace } from '../load/own-pace.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { changeSession, createSession, deleteSession } from './change-session.ts';
import { contextUnavailable, findSession, summaryOf } from './find-session.ts';
import { listSessions } from './list-sessions.ts';
import { permitSession, shownSettings } from './party-access.ts';
import { previewSession } from './preview-session.ts';
import type { SessionAction } from './session-address.ts';
import { etagOf, memoryObject, sessionObject } from './session-object.ts';
import { answer } from './session-request.ts';
import { appendTurn, listTurns } from './session-turns.ts';

type Answer = (exchange: Exchange, ports: Ports, publicId: string) => Promise<Refusal | null>;

/** CP-5.2. */
async function viewSession(exchange: Exchange, ports: Ports, publicId: string): Promise<Refusal | null> {
  const session = await findSession(exchange, ports, publicId);
  if (session instanceof Refusal) return session;
  const denied = permitSession(exchange, session, 'session:read');
  if (denied !== null) return denied;
  const { hot, settings } = session;
  const facts = { ...hot, publicId, turns: hot.turns.length };
  return answer(exchange, ports, {
    headers: ['etag', etagOf(hot.version)],
    body: {
      ...sessionObject(facts, shownSettings(exchange, session, settings)),
      ...memoryObject(hot, summaryOf(session)),
    },
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
