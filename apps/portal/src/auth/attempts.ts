import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** How many tries a window allows, counted by several keys at once; any one that is used up refuses. */
export interface AttemptLimit {
  readonly name: string;
  readonly key: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Counts tries. Port: `redisAttempts` for real, a memory twin in tests. */
export interface Attempts {
  /** Counts one try under each limit; `false` when one of them is used up. */
  take(limits: readonly AttemptLimit[]): Promise<boolean>;
  /** Has a limit count anew. */
  forget(limit: AttemptLimit): Promise<void>;
}

/** Fixed windows in Redis. Keys are hashed, so that no e-mail address stands in one. */
export function redisAttempts(redis: Redis): Attempts {
  const redisKeyOf = ({ name, key }: AttemptLimit): string => {
    const digest = createHash('sha256').update(key).digest('base64url').slice(0, 22);
    return `parley:attempts:${name}:${digest}`;
  };
  return {
    async take(limits) {
      const batch = redis.multi();
      for (const limit of limits) {
        const redisKey = redisKeyOf(limit);
        batch.incr(redisKey);
        batch.expire(redisKey, limit.windowSeconds, 'NX');
      }
      const replies = await batch.exec();
      if (!replies) throw new Error('attempts were not counted');
      return limits.every((limit, at) => {
        const [error, count] = replies[at * 2] ?? [];
        if (error) throw error;
        return Number(count) <= limit.limit;
      });
    },
    async forget(limit) {
      await redis.del(redisKeyOf(limit));
    },
  };
}

const QUARTER_HOUR = 900;

/** Guessing one person's password from one address. Who knows it has not guessed: a sign-in has this limit count anew. */
export function guessLimit(email: string, address: string): AttemptLimit {
  return { name: 'sign-in:pair', key: `${email}|${address}`, limit: 10, windowSeconds: QUARTER_HOUR };
}

/** Guessing one person's password: few per address, more in all, so that nobody can be locked out from one address. */
export function signInLimits(email: string, address: string): AttemptLimit[] {
  return [
    guessLimit(email, address),
    { name: 'sign-in:email', key: email, limit: 50, windowSeconds: QUARTER_HOUR },
    { name: 'sign-in:address', key: address, limit: 300, windowSeconds: QUARTER_HOUR },
  ];
}

/** Mails that anyone may cause to be sent to an address. */
export function mailLimits(email: string, address: string): AttemptLimit[] {
  return [
    { name: 'mail:email', key: email, limit: 5, windowSeconds: QUARTER_HOUR },
    { name: 'mail:address', key: address, limit: 60, windowSeconds: QUARTER_HOUR },
  ];
}

/** New accounts from one address. */
export function signUpLimits(address: string): AttemptLimit[] {
  return [{ name: 'sign-up:address', key: address, limit: 60, windowSeconds: QUARTER_HOUR }];
}

/** Address of the caller as the nearest proxy saw it; only as good as that proxy, so no limit rests on it alone. */
export function addressOf(headers: Headers | Record<string, string | string[] | undefined>): string {
  const value = headers instanceof Headers ? headers.get('x-forwarded-for') : headers['x-forwarded-for'];
  const text = Array.isArray(value) ? value[0] : value;
  return text?.split(',').at(-1)?.trim() || 'unknown';
}
