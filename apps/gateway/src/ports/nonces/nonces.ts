import { redisKeys } from '@parley/contracts/redis-keys';
import type { Clock } from '@parley/kernel/clock';
import type { Redis } from 'ioredis';

/** Remembers what may be used once only, over all nodes. */
export interface Nonces {
  /** False when it was taken before within the time given. Rejects when nobody can tell. */
  take(name: string, forSeconds: number): Promise<boolean>;
}

export function redisNonces(redis: Redis): Nonces {
  return {
    take: async (name, forSeconds) => (await redis.set(redisKeys.nonce(name), '1', 'EX', forSeconds, 'NX')) === 'OK',
  };
}

/** The twin: a map of ends. */
export function memoryNonces(clock: Clock): Nonces {
  const ends = new Map<string, number>();
  return {
    async take(name, forSeconds) {
      if ((ends.get(name) ?? 0) > clock.nowMs()) return false;
      ends.set(name, clock.nowMs() + forSeconds * 1000);
      return true;
    },
  };
}
