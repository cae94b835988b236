/**
 * Files and batches in Redis. All keys share a slot and begin with KEYS[1]:
 * `file:{id}` hash: a(pplication), f(acts), u(sed by so many batches that have not ended); `part:{id}` hash: number of a piece → sealed;
 * `files:{app}`, `batches:{app}` their ids, in order; `ends:{app}` by when they are gone; `sizes:{app}` hash of bytes kept, their
 * sum under `total`.
 */
export const COMMON = `
local root = KEYS[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function key(name) return root .. name end
local function grow(app, id, bytes)
  local sizes = key('sizes:' .. app)
  redis.call('HINCRBY', sizes, id, bytes)
  redis.call('HINCRBY', sizes, 'total', bytes)
end
local function total(app) return tonumber(redis.call('HGET', key('sizes:' .. app), 'total') or '0') end
local function forget(app, id)
  local sizes = key('sizes:' .. app)
  local bytes = tonumber(redis.call('HGET', sizes, id) or '0')
  redis.call('HDEL', sizes, id)
  if redis.call('HINCRBY', sizes, 'total', 0 - bytes) <= 0 then redis.call('DEL', sizes) end
  redis.call('ZREM', key('files:' .. app), id)
  redis.call('ZREM', key('batches:' .. app), id)
  redis.call('ZREM', key('ends:' .. app), id)
end
local function tidy(app)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('ends:' .. app), '-inf', now, 'LIMIT', 0, 500)) do forget(app, id) end
end
local function lasts(app, names, id, at)
  for _, name in ipairs(names) do redis.call('PEXPIREAT', key(name .. ':' .. id), at) end
  redis.call('ZADD', key('ends:' .. app), at, id)
end
`;

/** ARGV: id, application, number, piece, most bytes, ms it lasts without being finished. Answers `ok` or `heavy`. */
export const PART = `${COMMON}
local id, app = ARGV[1], ARGV[2]
tidy(app)
local before = redis.call('HGET', key('part:' .. id), ARGV[3])
local bytes = #ARGV[4] - (before and #before or 0)
if total(app) + bytes > tonumber(ARGV[5]) then return 'heavy' end
redis.call('HSET', key('part:' .. id), ARGV[3], ARGV[4])
grow(app, id, bytes)
lasts(app, {'part'}, id, now + ARGV[6])
return 'ok'`;

/** ARGV: id, application, facts, when it is gone, whether it is listed. From here on it is a file. */
export const FILE = `${COMMON}
local id, app = ARGV[1], ARGV[2]
redis.call('HSET', key('file:' .. id), 'a', app, 'f', ARGV[3])
redis.call('HSETNX', key('file:' .. id), 'u', 0)
lasts(app, {'file', 'part'}, id, tonumber(ARGV[4]))
if ARGV[5] == '1' then redis.call('ZADD', key('files:' .. app), 0, id) end
return 'ok'`;

/** ARGV: id. Answers `ok`, `used`, or nothing when there is none. */
export const DROP = `${COMMON}
local id = ARGV[1]
local held = redis.call('HMGET', key('file:' .. id), 'a', 'u')
if not held[1] then return '' end
if tonumber(held[2]) > 0 then return 'used' end
forget(held[1], id)
redis.call('DEL', key('file:' .. id), key('part:' .. id))
return 'ok'`;

/** ARGV: application, `files` or `batches`, id where the page begins (or empty), 1 for newest first, most. Answers ids. */
export const LIST = `${COMMON}
tidy(ARGV[1])
local ids = key(ARGV[2] .. ':' .. ARGV[1])
local down = ARGV[4] == '1'
local from = ARGV[3] == '' and (down and '+' or '-') or ('(' .. ARGV[3])
if down then return redis.call('ZREVRANGEBYLEX', ids, from, '-', 'LIMIT', 0, tonumber(ARGV[5])) end
return redis.call('ZRANGEBYLEX', ids, from, '+', 'LIMIT', 0, tonumber(ARGV[5]))`;
