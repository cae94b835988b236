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
import { lookUntil } from '../../ports/look-until.ts';

const MOST_AT_ONCE = 200;

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
      const answer = await lookUntil(
        () => this.#redis.get(redisKeys.knowledgeAnswer(askId)),
        endsAt - performance.now(),
      );
      if (answer === null) return null;
      return knowledgeAnswerSchema.parse(JSON.parse(open(dataKey, answer, KNOWLEDGE_ANSWER))).passages;
    } finally {
      this.#running--;
    }
  }
}
