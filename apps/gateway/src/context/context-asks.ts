import type { HotSession, SessionStore } from '@parley/context/store/session-store';
import { type ListedSession, listedSessionSchema } from '@parley/contracts/context-records';
import type { JobPayload } from '@parley/contracts/jobs';
import { redisKeys } from '@parley/contracts/redis-keys';
import { newId } from '@parley/kernel/id';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { JobQueue } from '../ports/job-queue.ts';
import { lookUntil } from '../ports/look-until.ts';

/** CP-10.5. */
const MOST_AT_ONCE = 16;

const listSchema = z.array(listedSessionSchema);

/** Asks the worker for what only the durable store knows, and waits for it a moment. All methods reject while Redis is away. */
export class ContextAsks {
  readonly #redis: Redis;
  readonly #jobs: JobQueue;
  readonly #store: SessionStore;
  readonly #waitMs: number;
  readonly #loads = new Map<string, Promise<HotSession | 'deleted' | 'missing' | null>>();
  #lists = 0;

  constructor(redis: Redis, jobs: JobQueue, store: SessionStore, waitMs: number) {
    this.#waitMs = waitMs;
    this.#redis = redis;
    this.#jobs = jobs;
    this.#store = store;
  }

  /** A session that the hot store does not have: as it is once the worker has put it there; `null` when that takes too long. */
  load(tenantId: string, sessionId: string): Promise<HotSession | 'deleted' | 'missing' | null> {
    const name = `${tenantId} ${sessionId}`;
    const running = this.#loads.get(name);
    if (running !== undefined) return running;
    if (this.#loads.size >= MOST_AT_ONCE) return Promise.resolve(null);
    const load = this.#load(tenantId, sessionId).finally(() => this.#loads.delete(name));
    this.#loads.set(name, load);
    return load;
  }

  /** Sessions of an application, newest first; `null` when that takes too long. */
  async list(asked: Omit<JobPayload<'context.list'>, 'askId'>): Promise<ListedSession[] | null> {
    if (this.#lists >= MOST_AT_ONCE) return null;
    this.#lists++;
    try {
      const askId = newId();
      await this.#jobs.enqueue('context.list', { ...asked, askId });
      const answer = await lookUntil(() => this.#redis.get(redisKeys.contextAnswer(askId)), this.#waitMs);
      return answer === null ? null : listSchema.parse(JSON.parse(answer));
    } finally {
      this.#lists--;
    }
  }

  async #load(tenantId: string, sessionId: string): Promise<HotSession | 'deleted' | 'missing' | null> {
    const missing = redisKeys.contextMissing(tenantId, sessionId);
    if ((await this.#redis.exists(missing)) === 1) return 'missing';
    await this.#jobs.enqueue('context.load', { tenantId, sessionId });
    return lookUntil(async () => {
      const found = await this.#store.read(sessionId);
      if (found !== null) return found;
      return (await this.#redis.exists(missing)) === 1 ? 'missing' : null;
    }, this.#waitMs);
  }
}
