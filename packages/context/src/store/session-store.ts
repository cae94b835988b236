import { redisKeys } from '@parley/contracts/redis-keys';
import type { Redis } from 'ioredis';
import { MAX_SESSION_BYTES, MAX_TURNS, OPEN_LEASE_MS, type TurnState } from '../session.ts';
import { CREATE, DROP, RESTORE, SETTINGS, SUMMARY, TURN } from './scripts.ts';

/** A session stays hot for this long after its last change. */
const HOT_MS = 86_400_000;
/** How long a session is remembered to be gone: longer than a turn can be on its way. */
const GONE_MS = 86_400_000;

/** A turn but for what it says. */
export interface TurnHead {
  readonly id: string;
  readonly sequence: number;
  readonly revision: number;
  readonly state: TurnState;
  readonly atMs: number;
}

/** A turn as it is stored. */
export interface StoredTurn extends TurnHead {
  readonly sealed: Buffer;
}

export interface StoredSummary {
  readonly sealed: Buffer;
  readonly to: number;
}

/** What a turn says at one of its revisions, sealed. */
export interface Said {
  readonly revision: number;
  readonly sealed: Buffer;
}

/** A session as it is kept: sealed. */
export interface HotSession<Turn extends TurnHead = TurnHead> {
  readonly tenantId: string;
  readonly applicationId: string;
  readonly owner: string;
  readonly state: 'active' | 'archived';
  readonly version: number;
  readonly settingsVersion: number;
  readonly settings: Buffer;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly keepMs: number;
  /** Sealed, and the sequence of the last turn it covers; `null` for none. */
  readonly summary: StoredSummary | null;
  /** In the order of CP-3.4; without those that came to nothing. */
  readonly turns: readonly Turn[];
}

/** One step of a turn. */
export interface TurnStep {
  readonly turnId: string;
  readonly revision: number;
  readonly state: TurnState | 'void';
  readonly sealed: Buffer;
  /** Where it is known; else the next is given. */
  readonly sequence?: number;
  /** When it began, where that is known; else now. */
  readonly atMs?: number;
  readonly ifVersion?: number | undefined;
}

export type TurnSaid =
  | { readonly said: 'ok' | 'known'; readonly version: number; readonly sequence: number; readonly atMs: number }
  | { readonly said: 'absent' | 'deleted' | 'archived' | 'changed' | 'full' };

export interface SettingsStep {
  readonly settings: Buffer;
  readonly state: 'active' | 'archived';
  readonly keepMs: number;
  /** What it was made from. */
  readonly from?: number;
  readonly ifVersion?: number | undefined;
  /** Where it is known; else the next is given. */
  readonly version?: number;
}

export type SettingsSaid =
  | { readonly said: 'ok' | 'known'; readonly version: number }
  | { readonly said: 'absent' | 'deleted' | 'changed' | 'raced' };

type HeldState = TurnState | 'void';

/** The hot store. All methods reject while Redis is away. */
export class SessionStore {
  readonly #redis: Redis;
  readonly #leaseMs: number;

  constructor(redis: Redis, leaseMs: number = OPEN_LEASE_MS) {
    this.#redis = redis;
    this.#leaseMs = leaseMs;
  }

  /** Makes an empty session; answers when, Unix ms. */
  async create(
    sessionId: string,
    given: Pick<HotSession, 'tenantId' | 'applicationId' | 'owner' | 'settings' | 'keepMs'>,
  ): Promise<number> {
    const { tenantId, applicationId, owner, settings, keepMs } = given;
    return Number(await this.#run(CREATE, sessionId, tenantId, applicationId, owner, settings, keepMs, HOT_MS));
  }

  /** The session; `deleted` for one that is known to be gone, `null` where nothing is known. */
  async read(sessionId: string): Promise<HotSession | 'deleted' | null> {
    const fields = await this.#redis.hgetallBuffer(redisKeys.contextSession(sessionId));
    const text = (name: string): string => fields[name]?.toString() ?? '';
    if (fields['s'] === undefined) return null;
    const state = text('s');
    if (state === 'deleted') return 'deleted';
    const nowMs = Date.now();
    return {
      tenantId: text('t'),
      applicationId: text('a'),
      owner: text('o'),
      state: state === 'archived' ? 'archived' : 'active',
      version: Number(text('v')),
      settingsVersion: Number(text('w')),
      settings: fields['f'] ?? Buffer.alloc(0),
      createdAtMs: Number(text('c')),
      updatedAtMs: Number(text('u')),
      keepMs: Number(text('k')),
      summary: fields['x'] === undefined ? null : { sealed: fields['x'], to: Number(text('y')) },
      turns: readTurns(fields, nowMs),
    };
  }

  /**
   * What turns of it say, sealed, in their order. One that went on since its head was read says what it says now. `null` where one is gone:
   * the session was deleted or lost meanwhile.
   */
  async said(sessionId: string, turns: readonly TurnHead[]): Promise<Said[] | null> {
    if (turns.length === 0) return [];
    const found = await this.#redis.hmgetBuffer(redisKeys.contextTurns(sessionId), ...turns.map(({ id }) => id));
    const said: Said[] = [];
    for (const [at, { revision }] of turns.entries()) {
      const kept = found[at];
      if (!kept) return null;
      const end = kept.indexOf(LINE_END);
      const current = Number(kept.toString('latin1', 0, end));
      if (current < revision) return null;
      said.push({ revision: current, sealed: kept.subarray(end + 1) });
    }
    return said;
  }

  /** Begins a turn, or goes on with one (CP-7.1, CP-7.2). The bounds of CP-2.6 hold for turns that begin. */
  turn(sessionId: string, step: TurnStep): Promise<TurnSaid> {
    return this.#turn(sessionId, step, { turns: MAX_TURNS, bytes: MAX_SESSION_BYTES });
  }

  /** Puts a turn in that is in the durable store: it keeps its place, whatever the bounds. */
  applyTurn(sessionId: string, step: TurnStep & { readonly sequence: number }): Promise<TurnSaid> {
    return this.#turn(sessionId, step, { turns: 0, bytes: 0 });
  }

  async settings(sessionId: string, step: SettingsStep): Promise<SettingsSaid> {
    const { settings, state, keepMs, from, ifVersion, version } = step;
    const told = (value: number | undefined): string => (value === undefined ? '' : String(value));
    const known = [told(from), told(ifVersion), told(version)];
    const [said, now] = (await this.#run(SETTINGS, sessionId, settings, state, keepMs, HOT_MS, ...known)) as string[];
    return { said, version: Number(now) } as SettingsSaid;
  }

  /** Keeps a summary; false where the session is gone, or has one that covers as much. */
  async summary(sessionId: string, { sealed, to }: StoredSummary): Promise<boolean> {
    return (await this.#run(SUMMARY, sessionId, sealed, to, HOT_MS)) === 1;
  }

  async drop(sessionId: string, ifVersion?: number): Promise<'ok' | 'changed'> {
    const version = ifVersion === undefined ? '' : String(ifVersion);
    return (await this.#run(DROP, sessionId, version, GONE_MS)) as 'ok' | 'changed';
  }

  /** Puts back a session that was lost. False where it is there again already. */
  async restore(sessionId: string, session: HotSession<StoredTurn>): Promise<boolean> {
    const bytes = session.turns.reduce((sum, { sealed }) => sum + sealed.length, 0);
    const fields: (string | number | Buffer)[] = [];
    const set = (name: string, value: string | number | Buffer): unknown => fields.push(name, value);
    set('t', session.tenantId);
    set('a', session.applicationId);
    set('o', session.owner);
    set('s', session.state);
    set('v', session.version);
    set('w', session.settingsVersion);
    set('n', session.turns.length);
    set('b', bytes);
    set('f', session.settings);
    set('c', session.createdAtMs);
    set('u', session.updatedAtMs);
    set('k', session.keepMs);
    if (session.summary !== null) {
      set('x', session.summary.sealed);
      set('y', session.summary.to);
    }
    for (const { id, sequence, revision, state, atMs, sealed } of session.turns) {
      set(`.${id}`, `${sequence} ${revision} ${state} ${Date.now() + this.#leaseMs} ${atMs} ${sealed.length}`);
    }
    const said = session.turns.flatMap(({ id, revision, sealed }) => {
      return [id, Buffer.concat([Buffer.from(`${revision}\n`), sealed])];
    });
    return (await this.#run(RESTORE, sessionId, HOT_MS, fields.length / 2, ...fields, ...said)) === 1;
  }

  async #turn(
    sessionId: string,
    { turnId, revision, state, sealed, sequence, atMs, ifVersion }: TurnStep,
    most: { readonly turns: number; readonly bytes: number },
  ): Promise<TurnSaid> {
    const told = (value: number | undefined): string => (value === undefined ? '' : String(value));
    const lease = state === 'open' ? this.#leaseMs : 0;
    const where = [told(sequence), told(ifVersion), most.turns, most.bytes, HOT_MS];
    const answer = await this.#run(TURN, sessionId, turnId, revision, state, lease, ...where, sealed, told(atMs));
    const [said, version, place, began] = answer as string[];
    return { said, version: Number(version), sequence: Number(place), atMs: Number(began) } as TurnSaid;
  }

  #run(script: string, sessionId: string, ...given: (string | number | Buffer)[]): Promise<unknown> {
    const keys = [redisKeys.contextSession(sessionId), redisKeys.contextTurns(sessionId)];
    return this.#redis.eval(script, keys.length, ...keys, ...given);
  }
}

const LINE_END = 10;

function readTurns(fields: Readonly<Record<string, Buffer>>, nowMs: number): TurnHead[] {
  const turns: TurnHead[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith('.')) continue;
    const [sequence, revision, state, leaseEnd, began] = value.toString('latin1').split(' ');
    const held = state as HeldState;
    if (held === 'void') continue;
    turns.push({
      id: name.slice(1),
      sequence: Number(sequence),
      revision: Number(revision),
      // CP-3.2: its gateway is gone.
      state: held === 'open' && Number(leaseEnd) < nowMs ? 'cut' : held,
      atMs: Number(began),
    });
  }
  return turns.sort((a, b) => a.sequence - b.sequence || (a.id < b.id ? -1 : 1));
}
