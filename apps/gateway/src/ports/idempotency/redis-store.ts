import type { Redis } from 'ioredis';
import type { Claim, IdempotencyStore } from './store.ts';

/** KEYS: record. ARGV: fingerprint, owner, lease ms. Fields: f(ingerprint), o(wner), a(nswer; empty when not kept). */
const CLAIM = `
local held = redis.call('HMGET', KEYS[1], 'f', 'a')
if not held[1] then
  redis.call('HSET', KEYS[1], 'f', ARGV[1], 'o', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {'claimed'}
end
if held[1] ~= ARGV[1] then return {'mismatch'} end
if held[2] then return {'answered', held[2]} end
return {'running', tostring(redis.call('PTTL', KEYS[1]))}`;

const OWNED = `if redis.call('HGET', KEYS[1], 'o') ~= ARGV[1] then return 0 end `;
const EXTEND = `${OWNED} return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;
const KEEP = `${OWNED} redis.call('HSET', KEYS[1], 'a', ARGV[2]) redis.call('HDEL', KEYS[1], 'o')
return redis.call('PEXPIRE', KEYS[1], ARGV[3])`;
const RELEASE = `${OWNED} return redis.call('DEL', KEYS[1])`;

/** Idempotency keys in Redis, each a hash that ends with its lease or its time to live. */
export function redisIdempotencyStore(redis: Redis): IdempotencyStore {
  return {
    async claim(key, fingerprint, owner, leaseMs) {
      const reply = await redis.callBuffer('EVAL', CLAIM, 1, key, fingerprint, owner, leaseMs);
      return readClaim(reply as readonly Buffer[]);
    },
    extend: async (key, owner, leaseMs) => (await redis.eval(EXTEND, 1, key, owner, leaseMs)) === 1,
    async keep(key, owner, answer, ttlMs) {
      await redis.eval(KEEP, 1, key, owner, answer ?? '', ttlMs);
    },
    async release(key, owner) {
      await redis.eval(RELEASE, 1, key, owner);
    },
  };
}

function readClaim([kind, value]: readonly Buffer[]): Claim {
  switch (kind?.toString()) {
    case 'claimed':
      return { kind: 'claimed' };
    case 'mismatch':
      return { kind: 'mismatch' };
    case 'answered':
      return { kind: 'answered', answer: value && value.length > 0 ? value : null };
    default:
      return { kind: 'running', leaseMs: Math.max(0, Number(value)) };
  }
}
