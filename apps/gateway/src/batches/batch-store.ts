import { redisKeys } from '@parley/contracts/redis-keys';
import type { Redis } from 'ioredis';
import {
  BATCH_STATES,
  type BatchFacts,
  type BatchState,
  type BatchView,
  type ClaimedBatch,
  type LineProblem,
} from './batch.ts';
import { CANCEL, CLAIM, CREATE, END, FORGET, MOVE, RELEASE, RENEW, RESULT } from './batch-scripts.ts';
import { MAX_KEPT_BYTES } from './file.ts';
import { LIST } from './file-scripts.ts';
import type { Page } from './file-store.ts';

/** How a batch ended. */
export interface BatchEnd {
  readonly state: 'completed' | 'failed' | 'expired' | 'cancelled';
  readonly outputFileId: string | null;
  readonly errorFileId: string | null;
  /** Calls that were never made. */
  readonly unmade: number;
  readonly problems: readonly LineProblem[];
}

export type KeptResult = 'ok' | 'stop' | 'heavy' | 'gone';

/** Batches of one application that run at the same time, on all nodes together. */
const MOST_RUNNING = 2;

/** Batches in Redis: any node may take any of them. All methods reject while Redis is away. */
export interface BatchStore {
  /** `total`: its calls, 0 where nobody has counted them. `full`: too many are open already. `gone`: its file is. */
  create(facts: BatchFacts, maxOpen: number, total: number): Promise<'ok' | 'full' | 'gone'>;
  /** The next batch, from the application that has waited longest; first those whose node has died. */
  claim(owner: string, leaseMs: number): Promise<ClaimedBatch | null>;
  renew(running: readonly ClaimedBatch[], leaseMs: number): Promise<(BatchState | 'gone')[]>;
  /** Answers the state it is in then; `null` when this owner does not hold it any more. */
  move(batch: ClaimedBatch, state: BatchState, total: number): Promise<BatchState | null>;
  /** `stop`: kept, and no further call is wanted. `heavy`: there is no room for it. `gone`: this owner does not hold the batch any more. */
  result(batch: ClaimedBatch, line: number, good: boolean, sealed: Buffer): Promise<KeptResult>;
  /** Lines that have a result. */
  known(id: string): Promise<Set<number>>;
  results(id: string, lines: readonly number[]): Promise<(Buffer | null)[]>;
  end(batch: ClaimedBatch, end: BatchEnd): Promise<boolean>;
  /** Gives a batch back, to be taken again after a pause. */
  release(batch: ClaimedBatch, pauseMs: number, counts: boolean): Promise<boolean>;
  /** Answers the state before. */
  cancel(id: string): Promise<BatchState | null>;
  forget(id: string): Promise<boolean>;
  view(id: string): Promise<BatchView | null>;
  list(applicationId: string, page: Page): Promise<BatchView[]>;
}

const FIELDS = ['f', 's', 't', 'c', 'e', 'm', 'out', 'err', 'p', ...BATCH_STATES] as const;

function readView(fields: readonly (string | null)[]): BatchView | null {
  const [facts, state, total, completed, failed, unmade, out, err, problems, ...since] = fields;
  if (!facts || !state) return null;
  const times = BATCH_STATES.flatMap((name, at) => (since[at] ? [[name, Number(since[at])] as const] : []));
  return {
    facts: JSON.parse(facts) as BatchFacts,
    state: state as BatchState,
    total: Number(total),
    completed: Number(completed),
    failed: Number(failed),
    unmade: Number(unmade ?? 0),
    sinceMs: Object.fromEntries(times),
    outputFileId: out || null,
    errorFileId: err || null,
    problems: problems ? (JSON.parse(problems) as LineProblem[]) : [],
  };
}

/** Batches of one group of nodes; those of another group are not seen. */
export function redisBatchStore(redis: Redis, group: string): BatchStore {
  const root = redisKeys.batches(group, '');
  const resultsKey = (id: string): string => redisKeys.batches(group, `results:${id}`);
  const run = (script: string, ...given: (string | number | Buffer)[]): Promise<unknown> =>
    redis.eval(script, 1, root, ...given);
  const view = async (id: string): Promise<BatchView | null> =>
    readView(await redis.hmget(redisKeys.batches(group, `batch:${id}`), ...FIELDS));
  return {
    async create(facts, maxOpen, total) {
      const { id, applicationId, inputFileId, expiresAtMs, rules } = facts;
      const goneAtMs = expiresAtMs + rules.keepMs;
      const said = await run(CREATE, id, applicationId, JSON.stringify(facts), inputFileId, maxOpen, goneAtMs, total);
      return said as 'ok' | 'full' | 'gone';
    },
    async claim(owner, leaseMs) {
      const [facts, state, tries] = (await run(CLAIM, owner, leaseMs, MOST_RUNNING)) as string[];
      if (!facts || !state) return null;
      return { facts: JSON.parse(facts) as BatchFacts, state: state as BatchState, owner, tries: Number(tries) };
    },
    async renew(running, leaseMs) {
      const flat = running.flatMap(({ facts, owner }) => [facts.id, owner]);
      return (await run(RENEW, leaseMs, ...flat)) as (BatchState | 'gone')[];
    },
    async move({ facts, owner }, state, total) {
      const now = await run(MOVE, facts.id, owner, state, total);
      return now === '' ? null : (now as BatchState);
    },
    async result({ facts, owner }, line, good, sealed) {
      const said = await run(RESULT, facts.id, owner, line, good ? 1 : 0, sealed, MAX_KEPT_BYTES);
      return said as KeptResult;
    },
    known: async (id) => new Set((await redis.hkeys(resultsKey(id))).map(Number)),
    results: async (id, lines) => (lines.length === 0 ? [] : redis.hmgetBuffer(resultsKey(id), ...lines.map(String))),
    async end({ facts, owner }, { state, outputFileId, errorFileId, unmade, problems }) {
      const { id, rules, inputFileId } = facts;
      const told = [outputFileId ?? '', errorFileId ?? '', unmade, JSON.stringify(problems)];
      return (await run(END, id, owner, state, ...told, rules.keepMs, inputFileId)) === 1;
    },
    release: async ({ facts, owner }, pauseMs, counts) =>
      (await run(RELEASE, facts.id, owner, pauseMs, counts ? 0 : 1)) === 1,
    async cancel(id) {
      const before = await run(CANCEL, id);
      return before === '' ? null : (before as BatchState);
    },
    forget: async (id) => (await run(FORGET, id)) === 1,
    view,
    async list(applicationId, { after, newestFirst, most }) {
      const ids = (await run(LIST, applicationId, 'batches', after, newestFirst ? 1 : 0, most)) as string[];
      return (await Promise.all(ids.map(view))).filter((found) => found !== null);
    },
  };
}
