import { redisKeys } from '@parley/contracts/redis-keys';
import type { Redis } from 'ioredis';
import type { CanaryState, CanaryStore } from './store.ts';

/** A canary nobody has called for so long is forgotten, and would start anew. */
const FORGET_MS = 90 * 86_400_000;

/** State in a hash for each canary; set once, so that nodes cannot undo what another has said. */
export class RedisCanaryStore implements CanaryStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async sync(id: string, nowMs: number, rollBack: boolean): Promise<CanaryState> {
    const key = redisKeys.canary(id);
    const transaction = this.#redis.multi().hsetnx(key, 'startedAtMs', nowMs);
    if (rollBack) transaction.hsetnx(key, 'rolledBackAtMs', nowMs);
    const replies = await transaction.pexpire(key, FORGET_MS).hgetall(key).exec();
    const [error, fields] = replies?.at(-1) ?? [new Error('the transaction was not carried out')];
    if (error) throw error;
    const { startedAtMs, rolledBackAtMs } = fields as Record<string, string>;
    return { startedAtMs: Number(startedAtMs), rolledBack: rolledBackAtMs !== undefined };
  }
}
