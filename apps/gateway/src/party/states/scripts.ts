import { AFTER_END_MS, FORGET_MS, MAX_STATES } from './state-store.ts';

/**
 * KEYS: root (hash: gen, clock), changes (sorted set: jti by clock), states (hash), ends (sorted set: jti by end), uses (string).
 * ARGV: what the node knows (gen, seen, readTo), then the token (jti, gen, end), then what is special.
 * Begins a new generation where there is none, or the node has seen later things than are here (PT-6.5).
 */
const HEAD = `
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 'gen', 'clock')
local gen, clock = tonumber(held[1]) or 0, tonumber(held[2]) or 0
local knownGen, seen, readTo = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local jti, tokenGen, endMs = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local function begin()
  gen = math.max(nowMs, gen + 1, knownGen + 1)
  clock = 1
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
  redis.call('HSET', KEYS[1], 'gen', gen, 'clock', clock)
end
local function tick()
  clock = redis.call('HINCRBY', KEYS[1], 'clock', 1)
end
local function setState(was, state)
  local ended = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', nowMs, 'LIMIT', 0, 500)
  for i = 1, #ended do
    redis.call('ZREM', KEYS[2], ended[i])
    redis.call('HDEL', KEYS[3], ended[i])
    redis.call('ZREM', KEYS[4], ended[i])
  end
  if not was and redis.call('ZCARD', KEYS[4]) >= ${MAX_STATES} then
    begin()
    return false
  end
  tick()
  redis.call('ZADD', KEYS[2], clock, jti)
  redis.call('HSET', KEYS[3], jti, state)
  redis.call('ZADD', KEYS[4], endMs + ${AFTER_END_MS}, jti)
  return true
end
local function keep()
  for i = 1, 4 do redis.call('PEXPIRE', KEYS[i], ${FORGET_MS}) end
end
if gen == 0 or knownGen > gen or (knownGen == gen and seen > clock) then begin() end
`;

export const READ = `${HEAD}
keep()
local since = 0
if gen == knownGen then since = readTo end
local changed = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. since, '+inf')
local reply = { gen, clock }
for at = 1, #changed, 1000 do
  local some = {}
  for i = at, math.min(at + 999, #changed) do some[#some + 1] = changed[i] end
  local states = redis.call('HMGET', KEYS[3], unpack(some))
  for i = 1, #some do
    reply[#reply + 1] = some[i]
    reply[#reply + 1] = states[i]
  end
end
return reply
`;

export const CHANGE = `${HEAD}
if tokenGen ~= gen then return { gen, clock } end
local was = redis.call('HGET', KEYS[3], jti)
if was == 'revoked' or was == ARGV[7] then return { gen, clock } end
setState(was, ARGV[7])
keep()
return { gen, clock }
`;

export const OPEN = `${HEAD}
if tokenGen ~= gen then return { gen, clock, 0 } end
redis.call('SET', KEYS[5], ARGV[7], 'PXAT', endMs + ${AFTER_END_MS})
tick()
keep()
return { gen, clock, 1 }
`;

/** -1: none left, or nothing known of any; -2: the token is not active. */
export const DRAW = `${HEAD}
if tokenGen ~= gen then return { gen, clock, -2 } end
local state = redis.call('HGET', KEYS[3], jti)
if state and state ~= 'active' then return { gen, clock, -2 } end
if (tonumber(redis.call('GET', KEYS[5])) or 0) < 1 then return { gen, clock, -1 } end
local left = redis.call('DECR', KEYS[5])
tick()
return { gen, clock, left }
`;

export const GIVE_BACK = `${HEAD}
if tokenGen == gen and redis.call('EXISTS', KEYS[5]) == 1 then
  redis.call('INCR', KEYS[5])
  tick()
end
return { gen, clock }
`;

/** KEYS[5]: signs (hash: party → signed or withdrawn, which stays). ARGV[7]: how many are needed; then parties and what they say. */
export const ATTEST = `${HEAD}
if tokenGen ~= gen then return { gen, clock, 'ended', 0 } end
local was = redis.call('HGET', KEYS[3], jti)
if was == 'revoked' then return { gen, clock, 'revoked', 0 } end
for i = 8, #ARGV, 2 do
  if redis.call('HGET', KEYS[5], ARGV[i]) ~= 'withdrawn' then redis.call('HSET', KEYS[5], ARGV[i], ARGV[i + 1]) end
end
redis.call('PEXPIREAT', KEYS[5], endMs + ${AFTER_END_MS})
local said = redis.call('HVALS', KEYS[5])
local signed, state = 0, was
for i = 1, #said do
  if said[i] == 'signed' then signed = signed + 1 else state = 'withdrawn' end
end
if signed >= tonumber(ARGV[7]) then state = 'active' end
if not state then
  tick()
  keep()
  return { gen, clock, 'pending', signed }
end
if state ~= was and not setState(was, state) then return { gen, clock, 'ended', 0 } end
keep()
return { gen, clock, state, signed }
`;
