import { createHash } from 'node:crypto';
import { openSettings, type SessionSettings, type SessionTurn, sessionUuid } from '@parley/context/session';
import type { HotSession } from '@parley/context/store/session-store';
import { openSummary, type Summary } from '@parley/context/summary';
import { idTimeMs } from '@parley/kernel/id';
import type { DataKey } from '@parley/kernel/seal';
import { OWN_SESSIONS } from '@parley/party-token/claims';
import type { Exchange } from '../exchange.ts';
import type { PartyToken } from '../party/party-tokens.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';

const RETRY_SECONDS = 2;
/** A session as young as this may be on its way to the durable store. */
const YOUNG_MS = 10_000;

/** A session that is the caller's, opened. */
export interface FoundSession {
  /** UUID, and as clients know it. */
  readonly id: string;
  readonly publicId: string;
  readonly hot: HotSession;
  readonly settings: SessionSettings;
  /** Of the tenant that owns it. */
  readonly key: DataKey;
  /** The member of `aud` by which a party token reaches it; `null` for other callers. */
  readonly audience: string | null;
}

export function contextUnavailable(): Refusal {
  return refusal('context_unavailable', { retryAfterSeconds: RETRY_SECONDS });
}

/** Owners of sessions that party tokens have opened: the token's `jti` behind this. */
const OPENED_BY = 'token:';

/** CP-2.3: whom the credential names beyond its key. */
export function ownerOf({ caller, subject, party }: Exchange): string {
  if (party !== null) return OPENED_BY + party.jti;
  if (caller === null || subject === '' || subject === caller.key.id) return '';
  return createHash('sha256').update(subject).digest('base64url');
}

/** Owners of the sessions that a token with `urn:parley:sessions` reaches: those it has opened, and those that it came of have (PT-6.8). */
export function openedOwners({ jti, from }: PartyToken): string[] {
  return [...from, jti].map((one) => OPENED_BY + one);
}

/** The member of `aud` by which a party token reaches a session of its application; `null` when it does not (PT-6.8). */
export function audienceIn(party: PartyToken, { owner }: HotSession, publicId: string): string | null {
  const { aud } = party.claims;
  const named = `urn:parley:session:${publicId}`;
  if (aud.includes(named)) return named;
  return aud.includes(OWN_SESSIONS) && openedOwners(party).includes(owner) ? OWN_SESSIONS : null;
}

/** What a party token cannot reach in any way, before anything is looked up. */
function isBeyond({ party }: Exchange, publicId: string): boolean {
  if (party === null) return false;
  const { aud } = party.claims;
  return !aud.includes(OWN_SESSIONS) && !aud.includes(`urn:parley:session:${publicId}`);
}

/** CP-2.2, CP-2.3. A key reaches what the application's party tokens have opened, too. */
function isOwn({ applicationId, owner }: HotSession, exchange: Exchange): boolean {
  if (applicationId !== exchange.caller?.application.id) return false;
  if (exchange.wholeApplication) return true;
  const own = ownerOf(exchange);
  return owner === '' || owner === own || (owner.startsWith(OPENED_BY) && (own === '' || exchange.party !== null));
}

/** The data key of the caller's own tenant: that of its sessions (CP-10.1). */
export async function ownKey({ caller }: Exchange, ports: Ports): Promise<DataKey | null> {
  if (caller === null) return null;
  const tenant = await ports.snapshot.tenantById(caller.application.tenantId);
  return typeof tenant === 'string' ? null : tenant.dataKey;
}

/** The session of this id, if it is the caller's (CP-2.2): what is another's is as if it were not there. */
export async function findSession(exchange: Exchange, ports: Ports, publicId: string): Promise<FoundSession | Refusal> {
  const application = exchange.caller?.application;
  const id = sessionUuid(publicId);
  if (application === undefined || id === null || isBeyond(exchange, publicId)) return refusal('context_not_found');
  try {
    const { store, asks } = ports.contexts;
    const hot = (await store.read(id)) ?? (await asks.load(application.tenantId, id));
    if (hot === null) return contextUnavailable();
    if (hot === 'missing') {
      const young = Math.abs(ports.clock.nowMs() - idTimeMs(id)) < YOUNG_MS;
      return young ? contextUnavailable() : refusal('context_not_found');
    }
    if (hot === 'deleted' || !isOwn(hot, exchange)) return refusal('context_not_found');
    const audience = exchange.party === null ? null : audienceIn(exchange.party, hot, publicId);
    if (exchange.party !== null && audience === null) return refusal('context_not_found');
    const key = await ownKey(exchange, ports);
    if (key === null) return contextUnavailable();
    exchange.sessionHeader ??= publicId;
    return { id, publicId, hot, key, audience, settings: openSettings(key, id, hot.settings) };
  } catch (error) {
    ports.log.warn('a session cannot be read', { error, sessionId: id });
    return contextUnavailable();
  }
}

/** Its turns, opened, in order. What cannot be read now, or was deleted meanwhile, is to be asked for again. */
export async function turnsOf({ id, key, hot }: FoundSession, ports: Ports): Promise<SessionTurn[] | Refusal> {
  const { opened, store } = ports.contexts;
  try {
    return (await opened.open(key, id, hot.turns, store)) ?? contextUnavailable();
  } catch (error) {
    ports.log.warn('the turns of a session cannot be read', { error, sessionId: id });
    return contextUnavailable();
  }
}

/** The summary a session has, opened; `null` for none. Throws for one that was not sealed as this session's. */
export function summaryOf({ id, key, hot }: FoundSession): Summary | null {
  return hot.summary === null ? null : openSummary(key, id, hot.summary.sealed);
}
