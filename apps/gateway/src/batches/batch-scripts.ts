import { COMMON as FILES } from './file-scripts.ts';

/**
 * Each step of a batch's life as one script, beside the files it reads (file-scripts.ts):
 * `batch:{id}` hash: a(pplication), s(tate), f(acts), o(wner), k (begun without a result), t(otal), c(ompleted), e (failed), m (not made), p(roblems),
 * `out`, `err` (files), and when it came into each state under that state's name; `results:{id}` hash: line → sealed;
 * `waiting:{app}` sorted set of batches that wait, by when they are due; `apps` applications that have some, by when one was last
 * taken; `running` sorted set of batches by the end of their lease; `busy` hash of running batches by application.
 */
const COMMON = `${FILES}
local function free(app, id)
  if redis.call('ZREM', key('running'), id) == 1 and redis.call('HINCRBY', key('busy'), app, -1) <= 0 then
    redis.call('HDEL', key('busy'), app)
  end
end
local function ended(state) return state == 'completed' or state == 'failed' or state == 'expired' or state == 'cancelled' end
`;

/** ARGV: id, application, facts, input file, most open, when it is surely gone, calls (0: not known yet). Answers `ok`, `full` or `gone` (the file). */
export const CREATE = `${COMMON}
local id, app = ARGV[1], ARGV[2]
tidy(app)
if redis.call('HGET', key('file:' .. ARGV[4]), 'a') ~= app then return 'gone' end
local open = redis.call('ZCARD', key('waiting:' .. app)) + tonumber(redis.call('HGET', key('busy'), app) or '0')
if open >= tonumber(ARGV[5]) then return 'full' end
redis.call('HINCRBY', key('file:' .. ARGV[4]), 'u', 1)
local at = tonumber(ARGV[6])
for _, name in ipairs({'file:', 'part:'}) do
  if now + redis.call('PTTL', key(name .. ARGV[4])) < at then redis.call('PEXPIREAT', key(name .. ARGV[4]), at) end
end
redis.call('HSET', key('batch:' .. id), 'a', app, 's', 'validating', 'f', ARGV[3], 'k', 0, 't', ARGV[7], 'c', 0, 'e', 0, 'validating', now)
lasts(app, {'batch'}, id, at)
redis.call('ZADD', key('batches:' .. app), 0, id)
redis.call('ZADD', key('waiting:' .. app), now, id)
redis.call('ZADD', key('apps'), 'NX', 0, app)
return 'ok'`;

/** ARGV: owner, lease ms, most of one application at once. Answers facts, state and tries; nothing when there is nothing to do. */
export const CLAIM = `${COMMON}
local function take(id)
  local batch = key('batch:' .. id)
  redis.call('HSET', batch, 'o', ARGV[1])
  redis.call('ZADD', key('running'), now + ARGV[2], id)
  local tries = redis.call('HINCRBY', batch, 'k', 1)
  local held = redis.call('HMGET', batch, 'f', 's')
  return {held[1], held[2], tostring(tries)}
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('running'), '-inf', now, 'LIMIT', 0, 20)) do
  if redis.call('EXISTS', key('batch:' .. id)) == 1 then return take(id) end
  redis.call('ZREM', key('running'), id)
end
for _, app in ipairs(redis.call('ZRANGE', key('apps'), 0, 99)) do
  local waiting = key('waiting:' .. app)
  if tonumber(redis.call('HGET', key('busy'), app) or '0') < tonumber(ARGV[3]) then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', waiting, '-inf', now, 'LIMIT', 0, 20)) do
      redis.call('ZREM', waiting, id)
      if redis.call('EXISTS', key('batch:' .. id)) == 1 then
        redis.call('HINCRBY', key('busy'), app, 1)
        redis.call('ZADD', key('apps'), now, app)
        return take(id)
      end
    end
  end
  if redis.call('ZCARD', waiting) == 0 then redis.call('ZREM', key('apps'), app) end
end
return {}`;

/** ARGV: lease ms, then id and owner of each. Answers for each its state, or `gone`. */
export const RENEW = `${COMMON}
local out = {}
for i = 2, #ARGV, 2 do
  local held = redis.call('HMGET', key('batch:' .. ARGV[i]), 'o', 's')
  if held[1] ~= ARGV[i + 1] then out[#out + 1] = 'gone'
  else
    redis.call('ZADD', key('running'), 'XX', now + ARGV[1], ARGV[i])
    out[#out + 1] = held[2]
  end
end
return out`;

/** ARGV: id, owner, state, total. A batch that is being cancelled stays so. Answers its state; nothing when not held. */
export const MOVE = `${COMMON}
local batch = key('batch:' .. ARGV[1])
local held = redis.call('HMGET', batch, 'o', 's')
if held[1] ~= ARGV[2] then return '' end
redis.call('HSET', batch, 't', ARGV[4])
if held[2] == 'cancelling' then return held[2] end
redis.call('HSET', batch, 's', ARGV[3])
redis.call('HSETNX', batch, ARGV[3], now)
return ARGV[3]`;

/** ARGV: id, owner, line, 1 when it succeeded, sealed, most bytes. The first result of a line stays. Answers `ok`, `stop` (it is being cancelled), `heavy` or `gone`. */
export const RESULT = `${COMMON}
local id, batch = ARGV[1], key('batch:' .. ARGV[1])
local held = redis.call('HMGET', batch, 'o', 'a', 's')
if held[1] ~= ARGV[2] then return 'gone' end
local said = held[3] == 'cancelling' and 'stop' or 'ok'
redis.call('HSET', batch, 'k', 0)
if redis.call('HEXISTS', key('results:' .. id), ARGV[3]) == 1 then return said end
if total(held[2]) + #ARGV[5] > tonumber(ARGV[6]) then return 'heavy' end
redis.call('HSET', key('results:' .. id), ARGV[3], ARGV[5])
redis.call('PEXPIRE', key('results:' .. id), redis.call('PTTL', batch))
grow(held[2], id, #ARGV[5])
redis.call('HINCRBY', batch, ARGV[4] == '1' and 'c' or 'e', 1)
return said`;

/** ARGV: id, owner, state, output file, error file, calls not made, problems, keep ms, input file. Answers 1 when it was held. */
export const END = `${COMMON}
local id, batch = ARGV[1], key('batch:' .. ARGV[1])
local held = redis.call('HMGET', batch, 'o', 'a')
if held[1] ~= ARGV[2] then return 0 end
local app = held[2]
redis.call('HSET', batch, 's', ARGV[3], ARGV[3], now, 'out', ARGV[4], 'err', ARGV[5], 'm', ARGV[6], 'p', ARGV[7])
local counts = redis.call('HMGET', batch, 'c', 'e', 't')
local sum = tonumber(counts[1]) + tonumber(counts[2]) + tonumber(ARGV[6])
if sum > tonumber(counts[3]) then redis.call('HSET', batch, 't', sum) end
redis.call('HDEL', batch, 'o')
redis.call('DEL', key('results:' .. id))
free(app, id)
local sizes = key('sizes:' .. app)
local bytes = tonumber(redis.call('HGET', sizes, id) or '0')
redis.call('HDEL', sizes, id)
redis.call('HINCRBY', sizes, 'total', 0 - bytes)
if redis.call('EXISTS', key('file:' .. ARGV[9])) == 1 then redis.call('HINCRBY', key('file:' .. ARGV[9]), 'u', -1) end
lasts(app, {'batch'}, id, now + ARGV[8])
return 1`;

/** ARGV: id, owner, pause ms, 1 when it does not count as begun. Back to those that wait. */
export const RELEASE = `${COMMON}
local id, batch = ARGV[1], key('batch:' .. ARGV[1])
local held = redis.call('HMGET', batch, 'o', 'a')
if held[1] ~= ARGV[2] then return 0 end
redis.call('HDEL', batch, 'o')
if ARGV[4] == '1' then redis.call('HINCRBY', batch, 'k', -1) end
free(held[2], id)
redis.call('ZADD', key('waiting:' .. held[2]), now + ARGV[3], id)
redis.call('ZADD', key('apps'), 'NX', 0, held[2])
return 1`;

/** ARGV: id. Answers the state before; nothing when there is none. */
export const CANCEL = `${COMMON}
local batch = key('batch:' .. ARGV[1])
local held = redis.call('HMGET', batch, 's', 'a')
if held[1] == 'validating' or held[1] == 'in_progress' then
  redis.call('HSET', batch, 's', 'cancelling', 'cancelling', now)
  redis.call('ZADD', key('waiting:' .. held[2]), 'XX', now, ARGV[1])
end
return held[1] or ''`;

/** ARGV: id. Forgets a batch that has ended. Answers 1 when it did. */
export const FORGET = `${COMMON}
local batch = key('batch:' .. ARGV[1])
local held = redis.call('HMGET', batch, 's', 'a')
if not held[1] or not ended(held[1]) then return 0 end
forget(held[2], ARGV[1])
redis.call('DEL', batch)
return 1`;
