import type { OwnCall, OwnCallReply } from '@parley/contracts/own-call';
import { noopLogger } from '@parley/telemetry/logger';
import { callerNow } from '../background/call-again.ts';
import { answerSessions } from '../context/answer-sessions.ts';
import { sessionAddress } from '../context/session-address.ts';
import type { Exchange } from '../exchange.ts';
import { explainPartyToken } from '../party/explain-token.ts';
import { introspectPartyToken } from '../party/introspect.ts';
import { issuePartyToken } from '../party/issue.ts';
import { matchPartyTokens, type PartyAddress } from '../party/party-address.ts';
import { publishPartyKeys } from '../party/publish-keys.ts';
import { revokePartyToken } from '../party/revoke.ts';
import type { Caller } from '../ports/keys/keys.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { Stage } from '../stage.ts';
import { dryExchange } from './dry-exchange.ts';

/** What of party tokens a tenant does itself. Handing over and signing are the parties' own. */
const PARTY_WORK: Partial<Readonly<Record<PartyAddress, Stage>>> = {
  partyIssue: issuePartyToken,
  partyIntrospect: introspectPartyToken,
  partyRevoke: revokePartyToken,
  partyExplain: explainPartyToken,
  partyKeys: publishPartyKeys,
};

/** An address of nobody's: what is asked here comes from the portal. */
const PORTAL_ADDRESS = '127.0.0.1';

/**
 * Does for the portal what an application could do with its key at the gateway's own addresses, by the very same code, and
 * tells the answer. Sessions are open whoever within the application they belong to: the tenant is theirs. Such calls are not
 * recorded as the application's.
 */
export async function answerOwnCall(asked: OwnCall, ports: Ports): Promise<OwnCallReply> {
  const { method, path, contentType, body, applicationId, keyId } = asked;
  const headers = body === '' ? [] : [{ name: 'content-type', value: contentType }];
  const call = { method, path, headers, body, address: PORTAL_ADDRESS, applicationId };
  const { exchange, fault } = dryExchange(call);
  if (fault !== null) return told(fault);
  const work = workAt(exchange);
  if (work === null) return told(refusal('route_not_found'));
  const caller = await callerOf(applicationId, keyId, ports);
  if (caller instanceof Refusal) return told(caller);
  exchange.caller = caller;
  exchange.wholeApplication = true;
  exchange.body = Buffer.from(body);
  const refused = await work(exchange, quiet(ports));
  if (refused !== null) return told(refused);
  return { status: exchange.status, body: String(exchange.replyBody ?? ''), refused: null };
}

function workAt(exchange: Exchange): Stage | null {
  const session = sessionAddress(exchange.path, exchange.method);
  if (session !== null) {
    if ('allow' in session) return null;
    exchange.sessionAddress = session;
    return answerSessions;
  }
  const party = matchPartyTokens(exchange);
  return typeof party === 'string' ? (PARTY_WORK[party] ?? null) : null;
}

async function callerOf(applicationId: string, keyId: string | null, ports: Ports): Promise<Caller | Refusal> {
  if (keyId !== null) return callerNow(applicationId, keyId, ports);
  const application = await ports.snapshot.applicationById(applicationId);
  if (application === 'unavailable') return refusal('configuration_unavailable');
  if (application === 'absent') return refusal('key_unknown');
  return { application, key: { id: applicationId, expiresAtMs: null, revokedAtMs: null } };
}

/** Nothing is recorded, for nobody called. */
function quiet(ports: Ports): Ports {
  const { meter } = ports;
  const silent = { accepts: () => meter.accepts(), record: () => {}, close: () => Promise.resolve() };
  return { ...ports, meter: silent, observer: null, log: noopLogger };
}

function told({ status, code, message, details }: Refusal): OwnCallReply {
  const errors = (details.errors ?? []).map(({ pointer, message: problem }) => ({ pointer, message: problem }));
  return { status, body: '', refused: { code, message, errors } };
}
