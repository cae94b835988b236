import {
  keepMs,
  type SessionSettings,
  sealSettings,
  type settingsSchema,
  wantedSettingsSchema,
} from '@parley/context/session';
import type { HotSession } from '@parley/context/store/session-store';
import type { SessionRecord } from '@parley/contracts/context-records';
import { newId } from '@parley/kernel/id';
import type { Action } from '@parley/party-token/permission';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { NOT_TAKEN } from './begin-turn.ts';
import { contextUnavailable, type FoundSession, findSession, ownerOf, ownKey } from './find-session.ts';
import { permitCreate, permitSession, shownSettings } from './party-access.ts';
import { etagOf, sessionObject } from './session-object.ts';
import { answer, bodyOf, ifMatch, wrongForm } from './session-request.ts';

type Outcome = Refusal | null;

/** A change that races with others is made again from what they left. */
const MOST_RACES = 8;

interface Written {
  readonly state: 'active' | 'archived';
  readonly version: number;
  readonly settings: SessionSettings;
  readonly sealed: Buffer;
  readonly createdAtMs: number;
}

/** Whose a session is; who changes it does not make it theirs. */
type Whose = Pick<HotSession, 'tenantId' | 'applicationId' | 'owner'>;

/** Keeps the settings on disk for the durable store. Answers when they were changed, Unix ms. */
async function keep(ports: Ports, id: string, of: Whose, written: Written): Promise<number> {
  const updatedAtMs = ports.clock.nowMs();
  const record: SessionRecord = {
    kind: 'session',
    tenantId: of.tenantId,
    sessionId: id,
    applicationId: of.applicationId,
    owner: of.owner,
    version: written.version,
    state: written.state,
    sealed: written.sealed.toString('base64'),
    createdAtMs: written.createdAtMs,
    updatedAtMs,
    keepUntilMs: updatedAtMs + keepMs(written.settings),
  };
  await ports.contexts.spool.keep(record);
  return updatedAtMs;
}

/** CP-5.1. */
export async function createSession(exchange: Exchange, ports: Ports): Promise<Outcome> {
  const denied = permitCreate(exchange);
  if (denied !== null) return denied;
  const application = exchange.caller?.application;
  const body = await bodyOf(exchange, false);
  if (body instanceof Refusal) return body;
  const read = wantedSettingsSchema.safeParse(body);
  if (!read.success) return wrongForm(read.error);
  const key = await ownKey(exchange, ports);
  if (application === undefined || key === null) return contextUnavailable();
  const settings = read.data;
  const id = newId();
  const sealed = sealSettings(key, id, settings);
  const owner = ownerOf(exchange);
  const made = { tenantId: application.tenantId, applicationId: application.id, owner };
  const { store } = ports.contexts;
  const createdAtMs = await store.create(id, { ...made, settings: sealed, keepMs: keepMs(settings) });
  const written = { state: 'active', version: 1, settings, sealed, createdAtMs } as const;
  const updatedAtMs = await keep(ports, id, made, written);
  const publicId = `ses_${id}`;
  const facts = { publicId, state: 'active', version: 1, turns: 0, createdAtMs, updatedAtMs } as const;
  const headers = ['location', `/v1/sessions/${publicId}`, 'etag', etagOf(1)];
  return answer(exchange, ports, { status: 201, headers, body: sessionObject(facts, settings) });
}

/** Settings with others in their place (RFC 7396), as `schema` takes them. */
export function changedSettings(
  settings: SessionSettings,
  given: Readonly<Record<string, unknown>>,
  schema: typeof settingsSchema,
): SessionSettings | Refusal {
  const members: Record<string, unknown> = { ...settings };
  for (const [name, value] of Object.entries(given)) members[name] = value === null ? undefined : value;
  const read = schema.safeParse(members);
  return read.success ? read.data : wrongForm(read.error);
}

/** What a change asks for: the settings, and the state. */
function merged(
  { settings, hot }: FoundSession,
  body: Record<string, unknown>,
): { readonly settings: SessionSettings; readonly state: 'active' | 'archived' } | Refusal {
  const { state = hot.state, ...given } = body;
  if (state !== 'active' && state !== 'archived') {
    return refusal('invalid_parameter', { message: '`state` is `active` or `archived`.', param: 'state' });
  }
  const changed = changedSettings(settings, given, wantedSettingsSchema);
  return changed instanceof Refusal ? changed : { settings: changed, state };
}

/** What a change is, for those who need a permission for it: of the state, of anything else, of both. */
function changesOf({ state, ...others }: Record<string, unknown>): Action[] {
  const edits = Object.keys(others).length > 0 || state === undefined;
  return [
    ...(edits ? (['session:edit'] as const) : []),
    ...(state === undefined ? [] : (['session:archive'] as const)),
  ];
}

/** CP-5.4. */
export async function changeSession(exchange: Exchange, ports: Ports, publicId: string): Promise<Outcome> {
  const body = await bodyOf(exchange);
  if (body instanceof Refusal) return body;
  const ifVersion = ifMatch(exchange);
  if (ifVersion instanceof Refusal) return ifVersion;
  for (let race = 0; race < MOST_RACES; race++) {
    const session = await findSession(exchange, ports, publicId);
    if (session instanceof Refusal) return session;
    const denied = permitSession(exchange, session, ...changesOf(body));
    if (denied !== null) return denied;
    const wanted = merged(session, body);
    if (wanted instanceof Refusal) return wanted;
    const { id, key, hot } = session;
    const { settings, state } = wanted;
    const sealed = sealSettings(key, id, settings);
    const step = { settings: sealed, state, keepMs: keepMs(settings), from: hot.settingsVersion, ifVersion };
    const said = await ports.contexts.store.settings(id, step);
    if (said.said === 'raced') continue;
    if (said.said !== 'ok' && said.said !== 'known') return refusal(NOT_TAKEN[said.said]);
    const { createdAtMs } = hot;
    const { version } = said;
    const updatedAtMs = await keep(ports, id, hot, { state, version, settings, sealed, createdAtMs });
    const facts = { publicId, state, version, turns: hot.turns.length, createdAtMs, updatedAtMs };
    const shown = sessionObject(facts, shownSettings(exchange, session, settings));
    return answer(exchange, ports, { headers: ['etag', etagOf(version)], body: shown });
  }
  return contextUnavailable();
}

/** CP-5.8, CP-8.3. */
export async function deleteSession(exchange: Exchange, ports: Ports, publicId: string): Promise<Outcome> {
  const ifVersion = ifMatch(exchange);
  if (ifVersion instanceof Refusal) return ifVersion;
  const session = await findSession(exchange, ports, publicId);
  if (session instanceof Refusal) return session;
  const denied = permitSession(exchange, session, 'session:delete');
  if (denied !== null) return denied;
  const { id, hot } = session;
  const said = await ports.contexts.store.drop(id, ifVersion);
  if (said === 'changed') return refusal('context_changed');
  ports.contexts.opened.forget(id);
  const { tenantId, applicationId } = hot;
  await ports.contexts.spool.keep({
    kind: 'gone',
    tenantId,
    sessionId: id,
    applicationId,
    atMs: ports.clock.nowMs(),
  });
  return answer(exchange, ports, { body: { id: publicId, object: 'session', deleted: true } });
}
