/**
 * What restores counters of limits. Of a counter (a hash; apps/gateway/src/ports/limiter/take-all.ts): `i` begin of its period,
 * `u` used, and where it was restored `c`: calls from before this moment come from events, `r`: what of them is in `u` already,
 * `x`: what is in `u` of such calls because their nodes held it when they ended; `k`: it was never lost. Beside it, under `:held`, what running calls hold.
 */

/**
 * KEYS: the mark of the restoration, the counter, what calls hold of it. ARGV: the mark, begin and end of the period, what
 * events say was used, until when they were read. Never lowers what is counted. -1: Redis has lost its data meanwhile.
 */
export const RESTORE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
local start, finish, used = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local held, all = 0, redis.call('HGETALL', KEYS[3])
for at = 1, #all, 2 do
  local from, count = string.match(all[at + 1], '^r?(%d+):(%d+):')
  if tonumber(from) == start then held = held + tonumber(count) end
end
local counter = redis.call('HMGET', KEYS[2], 'i', 'u')
if tonumber(counter[1]) == start and tonumber(counter[2]) >= used + held then
  redis.call('HSET', KEYS[2], 'k', 1)
  return 0
end
redis.call('HSET', KEYS[2], 'i', start, 'u', used + held, 'c', ARGV[5], 'r', used, 'x', 0)
local now = redis.call('TIME')
redis.call('PEXPIRE', KEYS[2], math.max(60000, math.ceil(finish - now[1] * 1000) + 60000))
return 1
`;

/** KEYS: the mark, and a slot's marker. ARGV: the mark, the epoch, seconds. The slot's counters are whole. */
export const MARK = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
return 1
`;

/** KEYS: the mark, the epoch, who asked. ARGV: the mark, and the epoch. All is restored. */
export const FINISH_RESTORING = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[1], KEYS[3])
return 1
`;

/**
 * KEYS: a counter. ARGV: begin and end of its period, until when events were read for it, what they say now. Adds what has
 * become known since: each event once, and none of a call that is counted already.
 */
export const CORRECT = `
local start, cutoff = tonumber(ARGV[1]), tonumber(ARGV[3])
local counter = redis.call('HMGET', KEYS[1], 'i', 'c', 'r', 'x', 'k')
local from, since = tonumber(counter[1]) or -1, tonumber(counter[2])
if from > start or counter[5] or (from == start and since and since ~= cutoff) then return 0 end
if from < start then
  redis.call('DEL', KEYS[1])
  counter = {}
end
local known, now = tonumber(counter[3] or 0) or 0, tonumber(ARGV[4]) - (tonumber(counter[4] or 0) or 0)
if now <= known then return 0 end
redis.call('HINCRBY', KEYS[1], 'u', string.format('%.0f', now - known))
redis.call('HSET', KEYS[1], 'i', start, 'c', cutoff, 'r', string.format('%.0f', now))
if from < start then
  local time = redis.call('TIME')
  redis.call('PEXPIRE', KEYS[1], math.max(60000, math.ceil(tonumber(ARGV[2]) - time[1] * 1000) + 60000))
end
return 1
`;
