import type { SessionSettings, TurnAuthor } from '@parley/context/session';
import { actingId, OWN_SESSIONS } from '@parley/party-token/claims';
import { decide } from '@parley/party-token/decide';
import type { Action } from '@parley/party-token/permission';
import type { Exchange } from '../exchange.ts';
import { denyParty } from '../party/permit.ts';
import type { Refusal } from '../refusals.ts';
import type { FoundSession } from './find-session.ts';

type Reached = Pick<FoundSession, 'publicId' | 'audience'>;

function may({ party }: Exchange, { publicId, audience }: Reached, action: Action): Refusal | null {
  if (party === null) return null;
  const decision = decide(party.claims, { action, resource: `session:${publicId}`, audience });
  return decision.allowed ? null : denyParty(decision.rule);
}

/** Whether the caller may do all of this with a session that it reaches (PT-6.8); always, where it came with no party token. */
export function permitSession(exchange: Exchange, session: Reached, ...actions: Action[]): Refusal | null {
  for (const action of actions) {
    const denied = may(exchange, session, action);
    if (denied !== null) return denied;
  }
  return null;
}

/** The same of opening one. */
export function permitCreate(exchange: Exchange): Refusal | null {
  return may(exchange, { publicId: 'new', audience: OWN_SESSIONS }, 'session:create');
}

/** Who writes a turn (PT-6.9); `undefined` for an application that calls with its own key. */
export function authorOf({ party }: Exchange): TurnAuthor | undefined {
  if (party === null) return undefined;
  const { claims } = party;
  const id = actingId(claims);
  const acting = claims.parties.find((one) => one.id === id);
  if (acting === undefined) return undefined;
  const { kind, role } = acting;
  return { party: id, kind, role, on_behalf_of: claims.sub === id ? undefined : claims.sub };
}

/** A session's settings as far as the caller may see them: its instructions are for those who may change them (PT-6.8). */
export function shownSettings(
  exchange: Exchange,
  session: Reached,
  settings: SessionSettings,
): Omit<SessionSettings, 'system' | 'persona'> {
  if (may(exchange, session, 'session:edit') === null) return settings;
  const { system: _system, persona: _persona, ...shown } = settings;
  return shown;
}
