import { openSettings, sessionUuid } from '@parley/context/session';
import { OWN_SESSIONS } from '@parley/party-token/claims';
import type { Exchange } from '../exchange.ts';
import type { PartyToken } from '../party/party-tokens.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { contextUnavailable, findSession, openedOwners, ownerOf, ownKey } from './find-session.ts';
import { permitSession, shownSettings } from './party-access.ts';
import { sessionObject } from './session-object.ts';
import { answer } from './session-request.ts';

const PAGE = 50;
const NAMED = 'urn:parley:session:ses_';

/** A session on the page, and where it stands in the order. */
interface Listed {
  readonly id: string;
  readonly shown: object | null;
}

/** Sessions that the durable store has of these owners, newest first. */
async function stored(
  exchange: Exchange,
  ports: Ports,
  owners: readonly [string, ...string[]],
  before: string | null,
): Promise<Listed[] | null> {
  const application = exchange.caller?.application;
  const key = await ownKey(exchange, ports);
  if (application === undefined || key === null) return null;
  const { tenantId, id: applicationId } = application;
  const asked = { tenantId, applicationId, owner: owners[0], owners: [...owners], before, limit: PAGE };
  const found = await ports.contexts.asks.list(asked);
  if (found === null) return null;
  const audience = exchange.party === null ? null : OWN_SESSIONS;
  return found.map(({ sessionId, sealed, ...facts }) => {
    const reached = { publicId: `ses_${sessionId}`, audience };
    if (permitSession(exchange, reached, 'session:read') !== null) return { id: sessionId, shown: null };
    const settings = openSettings(key, sessionId, Buffer.from(sealed, 'base64'));
    const { publicId } = reached;
    return { id: sessionId, shown: sessionObject({ ...facts, publicId }, shownSettings(exchange, reached, settings)) };
  });
}

/** Sessions that a party token names, as they are now. */
async function named(
  exchange: Exchange,
  ports: Ports,
  { claims }: PartyToken,
  before: string | null,
): Promise<Listed[] | null> {
  const listed: Listed[] = [];
  for (const member of claims.aud) {
    const id = member.startsWith(NAMED) ? member.slice(NAMED.length) : null;
    if (id === null || (before !== null && id >= before)) continue;
    const publicId = `ses_${id}`;
    const session = await findSession(exchange, ports, publicId);
    if (session instanceof Refusal) {
      if (session.code === 'context_not_found') continue;
      return null;
    }
    const { hot, settings } = session;
    const denied = permitSession(exchange, session, 'session:read') !== null;
    const facts = { ...hot, publicId, turns: hot.turns.length };
    listed.push({ id, shown: denied ? null : sessionObject(facts, shownSettings(exchange, session, settings)) });
  }
  return listed;
}

/** What of sessions a caller has, newest first, a page of it at least; `null` while nobody can tell. */
async function reached(exchange: Exchange, ports: Ports, before: string | null): Promise<Listed[] | null> {
  const { party } = exchange;
  if (party === null) return stored(exchange, ports, [ownerOf(exchange)], before);
  const [first, ...others] = openedOwners(party);
  const own =
    first !== undefined && party.claims.aud.includes(OWN_SESSIONS)
      ? await stored(exchange, ports, [first, ...others], before)
      : [];
  const given = await named(exchange, ports, party, before);
  if (own === null || given === null) return null;
  const ids = new Set(given.map(({ id }) => id));
  return [...given, ...own.filter(({ id }) => !ids.has(id))].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** CP-5.3; to a party token, what of its sessions it may read (PT-6.8). */
export async function listSessions(exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  const given = new URLSearchParams(exchange.query).get('before');
  const before = given === null ? null : sessionUuid(given);
  if (given !== null && before === null) {
    return refusal('invalid_parameter', { message: '`before` must be the id of a session.', param: 'before' });
  }
  const all = await reached(exchange, ports, before);
  if (all === null) return contextUnavailable();
  const page = all.slice(0, PAGE);
  const last = page.length === PAGE ? page.at(-1) : undefined;
  const data = page.flatMap(({ shown }) => (shown === null ? [] : [shown]));
  return answer(exchange, ports, {
    body: { object: 'list', data, next_before: last === undefined ? null : `ses_${last.id}` },
  });
}
