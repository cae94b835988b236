import { redisKeys } from '@parley/contracts/redis-keys';
import type { Redis } from 'ioredis';
import type { ClaimedJob, JobFacts, JobState, JobView } from './job.ts';
import { ACCEPT, CANCEL, CLAIM, FINISH, FORGET, LIST, RELEASE, RENEW, TOLD, UNTOLD } from './job-scripts.ts';

/** How a job ended, and what its caller gets. */
export interface JobEnd {
  readonly state: 'succeeded' | 'failed' | 'cancelled' | 'expired';
  /** Of the answer. */
  readonly status: number;
  readonly code: string | null;
  /** Sealed. */
  readonly answer: Buffer;
}

/** What bounds an application's jobs. */
export interface JobBounds {
  readonly maxWaiting: number;
  /** Bytes of calls and answers that are kept. */
  readonly maxBytes: number;
}

/** What a node tells of a job it runs, and what it is told. */
export interface RunningJob {
  readonly id: string;
  readonly owner: string;
  readonly answerBytes: number;
}

/** Calls that are answered later, in Redis: any node may take any of them. All methods reject while Redis is away. */
export interface JobStore {
  /** Resolves once the job is kept: or with why it is not. A job that is known already is kept once. */
  accept(facts: JobFacts, call: Buffer, bounds: JobBounds): Promise<'ok' | 'full' | 'heavy'>;
  /** The next job, from the application that has waited longest; first those whose node has died. */
  claim(owner: string, leaseMs: number): Promise<ClaimedJob | null>;
  renew(running: readonly RunningJob[], leaseMs: number): Promise<('running' | 'cancelled' | 'gone')[]>;
  /** Answers the state it was left in; `null` when this owner does not hold it any more. */
  finish(job: ClaimedJob, end: JobEnd): Promise<JobState | null>;
  /** Gives a job back, to be taken again after a pause. */
  release(job: ClaimedJob, pauseMs: number, counts: boolean): Promise<boolean>;
  /** Answers the state before. */
  cancel(id: string): Promise<JobState | null>;
  forget(id: string): Promise<boolean>;
  view(id: string): Promise<JobView | null>;
  answer(id: string): Promise<Buffer | null>;
  /** Jobs that have ended and whose callers want to hear; each is answered again after the pause, until `told`. */
  untold(pauseMs: number): Promise<string[]>;
  told(id: string): Promise<void>;
  /** An application's jobs, newest first. */
  list(applicationId: string, before: string | null, most: number): Promise<JobView[]>;
}

const FIELDS = ['f', 's', 'k', 'b', 'e', 'x', 'n', 'h', 'w'] as const;

function numberOf(text: string | null | undefined): number | null {
  return text === null || text === undefined || text === '' ? null : Number(text);
}

function readView(fields: readonly (string | null)[]): JobView | null {
  const [facts, state, tries, started, ended, expires, bytes, status, code] = fields;
  if (!facts || !state) return null;
  return {
    facts: JSON.parse(facts) as JobFacts,
    state: state as JobState,
    tries: Number(tries),
    startedAtMs: numberOf(started),
    endedAtMs: numberOf(ended),
    expiresAtMs: Number(expires),
    answerBytes: Number(bytes ?? 0),
    status: numberOf(status),
    code: code || null,
  };
}

/** Jobs of one group of nodes; those of another group are not seen. */
export function redisJobStore(redis: Redis, group: string): JobStore {
  const root = redisKeys.backgroundJobs(group, '');
  const jobKey = (id: string): string => redisKeys.backgroundJobs(group, `job:${id}`);
  const run = (script: string, ...given: (string | number | Buffer)[]): Promise<unknown> =>
    redis.eval(script, 1, root, ...given);
  const view = async (id: string): Promise<JobView | null> => readView(await redis.hmget(jobKey(id), ...FIELDS));
  return {
    async accept(facts, call, { maxWaiting, maxBytes }) {
      const { id, applicationId, rules } = facts;
      const said = await run(
        ACCEPT,
        id,
        applicationId,
        JSON.stringify(facts),
        call,
        rules.keepMs,
        maxWaiting,
        maxBytes,
      );
      return said as 'ok' | 'full' | 'heavy';
    },
    async claim(owner, leaseMs) {
      const found = (await redis.callBuffer('EVAL', CLAIM, 1, root, owner, leaseMs)) as Buffer[];
      const [why, facts, tries, call] = found;
      if (!why || !facts || !tries) return null;
      return {
        why: why.toString() as ClaimedJob['why'],
        facts: JSON.parse(facts.toString()) as JobFacts,
        owner,
        tries: Number(tries.toString()),
        call: call ?? Buffer.alloc(0),
      };
    },
    async renew(running, leaseMs) {
      const flat = running.flatMap(({ id, owner, answerBytes }) => [id, owner, answerBytes]);
      return (await run(RENEW, leaseMs, ...flat)) as ('running' | 'cancelled' | 'gone')[];
    },
    async finish({ facts, owner }, { state, status, code, answer }) {
      const left = await run(FINISH, facts.id, owner, state, status, code ?? '', facts.rules.keepMs, answer);
      return left === '' ? null : (left as JobState);
    },
    release: async ({ facts, owner }, pauseMs, counts) =>
      (await run(RELEASE, facts.id, owner, pauseMs, counts ? 0 : 1)) === 1,
    async cancel(id) {
      const before = await run(CANCEL, id);
      return before === '' ? null : (before as JobState);
    },
    forget: async (id) => (await run(FORGET, id)) === 1,
    view,
    answer: (id) => redis.hgetBuffer(jobKey(id), 'r'),
    untold: async (pauseMs) => (await run(UNTOLD, pauseMs)) as string[],
    async told(id) {
      await run(TOLD, id);
    },
    async list(applicationId, before, most) {
      const ids = (await run(LIST, applicationId, before ?? '', most)) as string[];
      return (await Promise.all(ids.map(view))).filter((found) => found !== null);
    },
  };
}
