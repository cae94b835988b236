import type { Redis, Result } from 'ioredis';
import type { CompiledLimit } from '../../snapshot/compiled.ts';
import { type Decision, LEASE_MEMORY_MS, LEASE_PART, LEASE_SHARE, type LimitStore, NotSent } from './decide.ts';
import { type RedisRuleOptions, RedisRuleStore } from './redis-rules.ts';
import type { RuleStore } from './rule.ts';

/**
 * Hash per subscription: for each window length w the field `i<w>` (index of the running window, counted from the Unix
 * epoch) and `u<w>` (permits used in it), and `l` (until when spare permits may come back). Redis' own clock decides;
 * should it step back, the running window goes on. Same rules as `grantOf`.
 */
const TAKE = `
local now = redis.call('TIME')
local nowMs = now[1] * 1000 + math.floor(now[2] / 1000)
local want, spare = tonumber(ARGV[1]), tonumber(ARGV[2])
local grant, extra = want, spare
local n = (#ARGV - 2) / 2
local used, index, remaining, longest = {}, {}, {}, 0
for i = 1, n do
  local requests, window = tonumber(ARGV[1 + i * 2]), tonumber(ARGV[2 + i * 2])
  local current = math.floor(nowMs / (window * 1000))
  local stored = redis.call('HMGET', KEYS[1], 'i' .. window, 'u' .. window)
  local was = tonumber(stored[1]) or -1
  if was >= current then
    index[i] = was
    used[i] = tonumber(stored[2]) or 0
  else
    index[i] = current
    used[i] = 0
  end
  local left = math.max(0, requests - used[i])
  remaining[i] = left
  grant = math.min(grant, left)
  extra = math.min(extra, math.max(0, math.floor((left - want - math.ceil(requests / 10)) / ${LEASE_SHARE})), math.floor(requests / ${LEASE_PART}))
  longest = math.max(longest, (index[i] + 1) * window * 1000 - nowMs)
end
if grant == want then grant = grant + extra end
local reply = { grant, nowMs, 0 }
local fields = {}
for i = 1, n do
  local window = tonumber(ARGV[2 + i * 2])
  if grant > 0 then
    fields[#fields + 1] = 'i' .. window
    fields[#fields + 1] = index[i]
    fields[#fields + 1] = 'u' .. window
    fields[#fields + 1] = used[i] + grant
  end
  reply[#reply + 1] = remaining[i] - grant
  reply[#reply + 1] = (index[i] + 1) * window * 1000
end
if grant > want then
  reply[3] = nowMs + ${LEASE_MEMORY_MS}
  fields[#fields + 1] = 'l'
  fields[#fields + 1] = reply[3]
elseif grant < want then
  local until_ = tonumber(redis.call('HGET', KEYS[1], 'l')) or 0
  if until_ > nowMs then reply[3] = until_ end
end
if grant > 0 then
  redis.call('HSET', KEYS[1], unpack(fields))
  redis.call('PEXPIRE', KEYS[1], longest + 60000)
end
return reply
`;

/** ARGV: unused, then window length and end of window for each limit. */
const GIVE_BACK = `
for i = 2, #ARGV, 2 do
  local window, reset = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local stored = redis.call('HMGET', KEYS[1], 'i' .. window, 'u' .. window)
  if stored[1] and (tonumber(stored[1]) + 1) * window * 1000 == reset then
    redis.call('HSET', KEYS[1], 'u' .. window, math.max(0, tonumber(stored[2]) - tonumber(ARGV[1])))
  end
end
return 1
`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    parleyTake(key: string, ...args: (string | number)[]): Result<number[], Context>;
    parleyGiveBack(key: string, ...args: (string | number)[]): Result<number, Context>;
  }
}

/** Counters in Redis, decided by its clock in one script. The connection must fail fast (no offline queue). */
export class RedisLimitStore implements LimitStore {
  readonly #redis: Redis;
  /** Plans and rules decided together, over the same counters. */
  readonly rules: RuleStore;

  constructor(redis: Redis, options: RedisRuleOptions = {}) {
    this.#redis = redis;
    this.rules = new RedisRuleStore(redis, options);
    redis.defineCommand('parleyTake', { numberOfKeys: 1, lua: TAKE });
    redis.defineCommand('parleyGiveBack', { numberOfKeys: 1, lua: GIVE_BACK });
  }

  async take(key: string, limits: readonly CompiledLimit[], want: number, spare: number): Promise<Decision> {
    const args: number[] = [want, spare];
    for (const limit of limits) args.push(limit.requests, limit.windowSeconds);
    const reply = await this.#redis.parleyTake(key, ...args);
    return {
      granted: reply[0] as number,
      serverMs: reply[1] as number,
      leaseUntilMs: reply[2] as number,
      windows: limits.map((_, i) => ({ remaining: reply[3 + i * 2] as number, resetMs: reply[4 + i * 2] as number })),
    };
  }

  async giveBack(
    key: string,
    limits: readonly CompiledLimit[],
    unused: number,
    resetMs: readonly number[],
  ): Promise<void> {
    if (this.#redis.status !== 'ready') throw new NotSent();
    const args: number[] = [unused];
    limits.forEach((limit, i) => {
      args.push(limit.windowSeconds, resetMs[i] as number);
    });
    await this.#redis.parleyGiveBack(key, ...args);
  }
}
