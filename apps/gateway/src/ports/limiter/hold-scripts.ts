/** Redis' own time in milliseconds, as `nowMs`. */
export const SERVER_CLOCK = `
local now = redis.call('TIME')
local nowMs = now[1] * 1000 + math.floor(now[2] / 1000)
`;

/** A call of a node that died holds no longer: what it held stays used, and is told apart. */
export const LAPSED = `
local function lapsed(k, counter, call, stored)
  local start, count = string.match(stored, '^r?(%d+):(%d+):')
  redis.call('HDEL', k, call)
  if tonumber(redis.call('HGET', counter, 'i')) == tonumber(start) then redis.call('HINCRBY', counter, 'o', count) end
  return tonumber(count)
end`;

/**
 * KEYS: what calls hold of a metered rule, its counter, and the marker. ARGV: how long they hold, then for each call its name,
 * begin of its period, what it holds and what the marker said when it was let in. What was settled meanwhile does not come
 * back; what Redis lost does, as it is not in the events that counters are restored from.
 */
export const RENEW_HELD = `${SERVER_CLOCK}
local untilMs = string.format('%.0f', nowMs + tonumber(ARGV[1]))
local marker, begin = redis.call('GET', KEYS[3]), nil
for i = 2, #ARGV, 4 do
  local call, start, count, epoch = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local stored = redis.call('HGET', KEYS[1], call)
  if stored then
    redis.call('HSET', KEYS[1], call, (string.gsub(stored, ':%d+$', ':' .. untilMs)))
  elseif epoch ~= '' and marker ~= epoch then
    redis.call('HSET', KEYS[1], call, 'r' .. start .. ':' .. count .. ':' .. untilMs)
    redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), 86400000))
    begin = begin or redis.call('HGET', KEYS[2], 'i') or ''
    if tonumber(begin) == tonumber(start) then redis.call('HINCRBY', KEYS[2], 'u', count) end
  end
end
return 1
`;

/** KEYS: what calls hold of a metered rule, and its counter. The reply: calls of dead nodes, what they held, and calls that still hold. */
export const SWEEP_HELD = `${SERVER_CLOCK}${LAPSED}
local all, calls, amount = redis.call('HGETALL', KEYS[1]), 0, 0
for at = 1, #all, 2 do
  if tonumber(string.match(all[at + 1], ':(%d+)$')) <= nowMs then
    calls = calls + 1
    amount = amount + lapsed(KEYS[1], KEYS[2], all[at], all[at + 1])
  end
end
return { calls, amount, #all / 2 - calls }
`;

/**
 * KEYS: counters of metered rules, each followed by what calls hold of it. ARGV: for each the call, and what it took. Once: who
 * asks again finds nothing held. A period that is over is as it was.
 */
export const SETTLE = `
for at = 1, #KEYS, 2 do
  local counter, holds, call, took = KEYS[at], KEYS[at + 1], ARGV[at], ARGV[at + 1]
  local stored = redis.call('HGET', holds, call)
  if stored then
    redis.call('HDEL', holds, call)
    local back, start, count = string.match(stored, '^(r?)(%d+):(%d+):')
    local now = redis.call('HMGET', counter, 'i', 'u')
    if tonumber(now[1]) == tonumber(start) then
      redis.call('HSET', counter, 'u', math.max(0, tonumber(now[2]) - tonumber(count) + tonumber(took)))
      if back == 'r' then redis.call('HINCRBY', counter, 'x', took) end
    end
  end
end
return 1
`;

/** KEYS: one set of running calls. ARGV: how long they hold, and the calls. Comes back whole after Redis has lost its data. */
export const RENEW = `${SERVER_CLOCK}
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], nowMs + tonumber(ARGV[1]), ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[1]) + 60000)
return 1
`;
