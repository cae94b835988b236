import { Fault } from '@parley/kernel/fault';
import { redis } from '../server/ground.ts';
import { addressOf, redisAttempts, signUpLimits } from './attempts.ts';

const LIMITS = { 'sign-up': signUpLimits } as const;

/** A gate before a public procedure: so many calls from one address, then `limit_reached`. */
export function limited(kind: keyof typeof LIMITS): (headers: Headers) => Promise<void> {
  return async (headers) => {
    if (await redisAttempts(redis()).take(LIMITS[kind](addressOf(headers)))) return;
    throw new Fault('limit_reached', 'Too many tries from this address. Wait a quarter of an hour and try again.');
  };
}
