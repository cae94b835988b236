import {
  KNOWLEDGE_ANSWER,
  KNOWLEDGE_QUESTION,
  type KnowledgePassage,
  type KnowledgeQuestion,
  knowledgeAnswerSchema,
} from '@parley/contracts/knowledge';
import { redisKeys } from '@parley/contracts/redis-keys';
import { newId } from '@parley/kernel/id';
import { type DataKey, open, seal } from '@parley/kernel/seal';
import type { Redis } from 'ioredis';
import type { JobQueue } from '../../ports/job-queue.ts';

const FIRST_PAUSE_MS = 5;
const MAX_PAUSE_MS = 50;
const MOST_AT_ONCE = 200;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks the worker to search collections, and waits for what it finds. */
export class KnowledgeAsks {
  readonly #redis: Redis;
  readonly #jobs: JobQueue;
  #running = 0;

  constructor(redis: Redis, jobs: JobQueue) {
    this.#redis = redis;
    this.#jobs = jobs;
  }

  /** The passages that answer best; `null` when that takes too long or too many ask. Rejects while Redis is away. */
  async ask(
    { tenantId, dataKey }: { readonly tenantId: string; readonly dataKey: DataKey },
    question: KnowledgeQuestion,
    withinMs: number,
  ): Promise<KnowledgePassage[] | null> {
    if (this.#running >= MOST_AT_ONCE) return null;
    this.#running++;
    try {
      const askId = newId();
      const endsAt = performance.now() + withinMs;
      const sealed = seal(dataKey, JSON.stringify(question), KNOWLEDGE_QUESTION);
      await this.#jobs.enqueue('knowledge.search', { askId, tenantId, sealed });
      for (let ms = FIRST_PAUSE_MS; performance.now() < endsAt; ms = Math.min(ms * 2, MAX_PAUSE_MS)) {
        await pause(ms);
        const answer = await this.#redis.get(redisKeys.knowledgeAnswer(askId));
        if (answer === null) continue;
        return knowledgeAnswerSchema.parse(JSON.parse(open(dataKey, answer, KNOWLEDGE_ANSWER))).passages;
      }
      return null;
    } finally {
      this.#running--;
    }
  }
}
