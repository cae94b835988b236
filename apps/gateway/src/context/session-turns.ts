import { keepMs, type SessionTurn, sealTurn, turnIdSchema } from '@parley/context/session';
import { estimateTurnTokens } from '@parley/llm/neutral/estimate';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { NOT_TAKEN } from './begin-turn.ts';
import { contextUnavailable, findSession, turnsOf } from './find-session.ts';
import { isTooLarge } from './fit-messages.ts';
import { authorOf, permitSession } from './party-access.ts';
import { etagOf, turnObject } from './session-object.ts';
import { answer, bodyOf, callIn, ifMatch } from './session-request.ts';

type Outcome = Refusal | null;

const MOST_LISTED = 100;

function wholeNumber(text: string | null, usual: number): number | null {
  if (text === null) return usual;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** CP-5.5. */
export async function listTurns(exchange: Exchange, ports: Ports, publicId: string): Promise<Outcome> {
  const query = new URLSearchParams(exchange.query);
  const after = wholeNumber(query.get('after'), 0);
  const limit = wholeNumber(query.get('limit'), MOST_LISTED);
  if (after === null || limit === null || limit < 1) {
    const param = after === null ? 'after' : 'limit';
    return refusal('invalid_parameter', { message: `\`${param}\` must be a whole number.`, param });
  }
  const session = await findSession(exchange, ports, publicId);
  if (session instanceof Refusal) return session;
  const denied = permitSession(exchange, session, 'session:read');
  if (denied !== null) return denied;
  const turns = await turnsOf(session, ports);
  if (turns instanceof Refusal) return turns;
  const following = turns.filter(({ sequence }) => sequence > after);
  const page = following.slice(0, Math.min(limit, MOST_LISTED));
  const next = page.length < following.length ? (page.at(-1)?.sequence ?? null) : null;
  const body = { object: 'list', data: page.map(turnObject), next_after: next };
  return answer(exchange, ports, { headers: ['etag', etagOf(session.hot.version)], body });
}

/** CP-5.6. */
export async function appendTurn(exchange: Exchange, ports: Ports, publicId: string): Promise<Outcome> {
  const body = await bodyOf(exchange);
  if (body instanceof Refusal) return body;
  const id = turnIdSchema.safeParse(body['id'] ?? exchange.id);
  if (!id.success) return refusal('invalid_parameter', { message: '`id` must be a UUIDv7.', param: 'id' });
  const read = callIn(body);
  if (read instanceof Refusal) return read;
  const { call } = read;
  const messages = call.turns.filter(({ role }) => role !== 'system');
  if (messages.length === 0) {
    return refusal('invalid_parameter', { message: 'There is no message of a user or assistant to append.' });
  }
  if (isTooLarge(messages)) return refusal('context_full', { message: 'A turn may hold 1 MiB at most.' });
  const ifVersion = ifMatch(exchange);
  if (ifVersion instanceof Refusal) return ifVersion;
  const session = await findSession(exchange, ports, publicId);
  if (session instanceof Refusal) return session;
  const denied = permitSession(exchange, session, 'session:append');
  if (denied !== null) return denied;
  const { key, hot, settings } = session;
  const author = authorOf(exchange);
  const content = { author, model: null, dialect: call.protocol, messages, tokens: messages.map(estimateTurnTokens) };
  const sealed = sealTurn(key, session.id, id.data, content);
  const { store, spool } = ports.contexts;
  const said = await store.turn(session.id, { turnId: id.data, revision: 0, state: 'complete', sealed, ifVersion });
  if (said.said !== 'ok' && said.said !== 'known') {
    return said.said === 'absent' ? contextUnavailable() : refusal(NOT_TAKEN[said.said]);
  }
  const { sequence, atMs, version } = said;
  const turn: SessionTurn = { ...content, id: id.data, sequence, atMs, state: 'complete' };
  // What was appended before is told, not what came now.
  const first = said.said === 'ok' ? turn : await appended(exchange, ports, publicId, id.data);
  if (first instanceof Refusal) return first;
  if (said.said === 'ok') {
    await spool.keep({
      kind: 'turn',
      tenantId: hot.tenantId,
      sessionId: session.id,
      turnId: id.data,
      sequence,
      revision: 0,
      state: 'complete',
      atMs,
      keepUntilMs: ports.clock.nowMs() + keepMs(settings),
      sealed: sealed.toString('base64'),
    });
  }
  return answer(exchange, ports, { status: 201, headers: ['etag', etagOf(version)], body: turnObject(first) });
}

async function appended(
  exchange: Exchange,
  ports: Ports,
  publicId: string,
  turnId: string,
): Promise<SessionTurn | Refusal> {
  const session = await findSession(exchange, ports, publicId);
  if (session instanceof Refusal) return session;
  const turns = await turnsOf(session, ports);
  if (turns instanceof Refusal) return turns;
  const turn = turns.find(({ id }) => id === turnId);
  if (turn === undefined) return refusal('context_not_found');
  // An id is no permission: what others have said is told to those who may read.
  const own = turn.author?.party === authorOf(exchange)?.party;
  return (own ? null : permitSession(exchange, session, 'session:read')) ?? turn;
}
