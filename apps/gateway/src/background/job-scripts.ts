/**
 * Each step of a job's life as one script. All keys share a slot and begin with KEYS[1]:
 * `job:{id}` hash: s(tate), a(pplication), f(acts), c(all), o(wner), k (tries), b (started), e (ended), x (expires), n (bytes),
 * h (status), w (code), r(esult); `apps` sorted set of applications that have jobs waiting, by when one was last taken;
 * `queue:{app}` sorted set of waiting jobs by when they are due; `running` sorted set of jobs by the end of their lease;
 * `busy` hash of running jobs by application; `ids:{app}` all its jobs, in order; `ends:{app}` by when they are gone;
 * `sizes:{app}` hash of bytes kept, their sum under `total`;
 * `calls` sorted set of ended jobs whose callers are to be told.
 */
const COMMON = `
local root = KEYS[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function key(name) return root .. name end
local function resize(app, id, bytes)
  local sizes = key('sizes:' .. app)
  local before = tonumber(redis.call('HGET', sizes, id) or '0')
  if bytes == 0 then redis.call('HDEL', sizes, id) else redis.call('HSET', sizes, id, bytes) end
  if redis.call('HINCRBY', sizes, 'total', bytes - before) <= 0 then redis.call('DEL', sizes) end
end
local function forget(app, id)
  redis.call('ZREM', key('ids:' .. app), id)
  redis.call('ZREM', key('ends:' .. app), id)
  resize(app, id, 0)
end
local function tidy(app)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('ends:' .. app), '-inf', now, 'LIMIT', 0, 500)) do forget(app, id) end
end
local function free(app, id)
  if redis.call('ZREM', key('running'), id) == 1 and redis.call('HINCRBY', key('busy'), app, -1) <= 0 then
    redis.call('HDEL', key('busy'), app)
  end
end
local function lasts(app, id, at)
  redis.call('HSET', key('job:' .. id), 'x', at)
  redis.call('PEXPIREAT', key('job:' .. id), at)
  redis.call('ZADD', key('ends:' .. app), at, id)
end
`;

/** ARGV: id, application, facts, call, keep ms, most waiting, most bytes. Answers `ok`, `full` or `heavy`. */
export const ACCEPT = `${COMMON}
local id, app = ARGV[1], ARGV[2]
tidy(app)
if redis.call('EXISTS', key('job:' .. id)) == 1 then return 'ok' end
if redis.call('ZCARD', key('queue:' .. app)) >= tonumber(ARGV[6]) then return 'full' end
local total = tonumber(redis.call('HGET', key('sizes:' .. app), 'total') or '0')
if total + #ARGV[4] > tonumber(ARGV[7]) then return 'heavy' end
redis.call('HSET', key('job:' .. id), 's', 'queued', 'a', app, 'f', ARGV[3], 'c', ARGV[4], 'k', 0, 'd', now + ARGV[5])
lasts(app, id, now + 2 * ARGV[5])
resize(app, id, #ARGV[4])
redis.call('ZADD', key('ids:' .. app), 0, id)
redis.call('ZADD', key('queue:' .. app), now, id)
redis.call('ZADD', key('apps'), 'NX', 0, app)
return 'ok'`;

/** ARGV: owner, lease ms. Answers why, facts, tries and call; nothing when there is nothing to do. */
export const CLAIM = `${COMMON}
local owner, lease = ARGV[1], tonumber(ARGV[2])
local function take(id, why)
  local job = key('job:' .. id)
  redis.call('HSET', job, 'o', owner)
  redis.call('ZADD', key('running'), now + lease, id)
  local held = redis.call('HMGET', job, 'f', 'k', 'c')
  return {why, held[1], tostring(held[2]), held[3]}
end
local function run(id)
  local job = key('job:' .. id)
  local facts = cjson.decode(redis.call('HGET', job, 'f'))
  redis.call('HSET', job, 's', 'running', 'b', now)
  if tonumber(redis.call('HGET', job, 'k')) >= facts.rules.tries then return take(id, 'lost') end
  redis.call('HINCRBY', job, 'k', 1)
  lasts(facts.applicationId, id, now + 2 * facts.rules.keepMs + facts.rules.maxRunMs)
  return take(id, 'run')
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('running'), '-inf', now, 'LIMIT', 0, 20)) do
  local held = redis.call('HMGET', key('job:' .. id), 's', 'a')
  if not held[1] then redis.call('ZREM', key('running'), id)
  elseif held[1] == 'running' then return run(id)
  else return take(id, held[1]) end
end
for _, app in ipairs(redis.call('ZRANGE', key('apps'), 0, 99)) do
  local queue = key('queue:' .. app)
  local id = redis.call('ZRANGEBYSCORE', queue, '-inf', now, 'LIMIT', 0, 1)[1]
  if id then
    local held = redis.call('HMGET', key('job:' .. id), 'f', 'd')
    if not held[1] then redis.call('ZREM', queue, id)
    else
      local expired = tonumber(held[2]) <= now
      local busy = tonumber(redis.call('HGET', key('busy'), app) or '0')
      if expired or busy < cjson.decode(held[1]).rules.maxRunning then
        redis.call('ZREM', queue, id)
        redis.call('HINCRBY', key('busy'), app, 1)
        redis.call('ZADD', key('apps'), now, app)
        if not expired then return run(id) end
        redis.call('HSET', key('job:' .. id), 's', 'expired', 'e', now)
        return take(id, 'expired')
      end
    end
  end
  if redis.call('ZCARD', queue) == 0 then redis.call('ZREM', key('apps'), app) end
end
return {}`;

/** ARGV: lease ms, then id, owner and bytes of each. Answers for each `running`, `cancelled` or `gone`. */
export const RENEW = `${COMMON}
local out = {}
for i = 2, #ARGV, 3 do
  local job = key('job:' .. ARGV[i])
  local held = redis.call('HMGET', job, 'o', 's')
  if held[1] ~= ARGV[i + 1] then out[#out + 1] = 'gone'
  else
    redis.call('ZADD', key('running'), 'XX', now + ARGV[1], ARGV[i])
    redis.call('HSET', job, 'n', ARGV[i + 2])
    out[#out + 1] = held[2]
  end
end
return out`;

/** ARGV: id, owner, state, status, code, keep ms, answer. A job that was cancelled meanwhile stays so. Answers its state; nothing when not held. */
export const FINISH = `${COMMON}
local id = ARGV[1]
local job = key('job:' .. id)
local held = redis.call('HMGET', job, 'o', 'a', 's')
if held[1] ~= ARGV[2] then return '' end
local app, state = held[2], held[3] == 'running' and ARGV[3] or held[3]
local answer = state == 'cancelled' and '' or ARGV[7]
redis.call('HSET', job, 's', state, 'e', now, 'h', ARGV[4], 'w', ARGV[5], 'n', #answer, 'r', answer)
redis.call('HDEL', job, 'c', 'o')
free(app, id)
resize(app, id, #answer)
lasts(app, id, now + ARGV[6])
if type(cjson.decode(redis.call('HGET', job, 'f')).callback) == 'string' then
  redis.call('ZADD', key('calls'), now, id)
end
return state`;

/** ARGV: pause ms. Answers ended jobs whose callers are to be told; each comes again after the pause, until it is done. */
export const UNTOLD = `${COMMON}
local due = redis.call('ZRANGEBYSCORE', key('calls'), '-inf', now, 'LIMIT', 0, 20)
for _, id in ipairs(due) do redis.call('ZADD', key('calls'), now + ARGV[1], id) end
return due`;

/** ARGV: id. Its caller is as good as told. */
export const TOLD = `${COMMON}
return redis.call('ZREM', key('calls'), ARGV[1])`;

/** ARGV: id, owner, pause ms, 1 when the run does not count as a try. Back to the queue. Answers 1 when it was held. */
export const RELEASE = `${COMMON}
local id = ARGV[1]
local job = key('job:' .. id)
local held = redis.call('HMGET', job, 'o', 'a', 's')
if held[1] ~= ARGV[2] or held[3] ~= 'running' then return 0 end
redis.call('HSET', job, 's', 'queued', 'n', 0)
redis.call('HDEL', job, 'o', 'b')
if ARGV[4] == '1' then redis.call('HINCRBY', job, 'k', -1) end
free(held[2], id)
redis.call('ZADD', key('queue:' .. held[2]), now + ARGV[3], id)
redis.call('ZADD', key('apps'), 'NX', 0, held[2])
return 1`;

/** ARGV: id. One that waits is due at once for who records its end. Answers the state before; nothing when there is none. */
export const CANCEL = `${COMMON}
local id = ARGV[1]
local job = key('job:' .. id)
local held = redis.call('HMGET', job, 's', 'a')
if held[1] == 'queued' then
  redis.call('ZREM', key('queue:' .. held[2]), id)
  redis.call('HINCRBY', key('busy'), held[2], 1)
  redis.call('ZADD', key('running'), now, id)
end
if held[1] == 'queued' or held[1] == 'running' then redis.call('HSET', job, 's', 'cancelled', 'e', now) end
return held[1] or ''`;

/** ARGV: id. Forgets a job that has ended. Answers 1 when it did. */
export const FORGET = `${COMMON}
local job = key('job:' .. ARGV[1])
local held = redis.call('HMGET', job, 's', 'a', 'o')
if not held[1] or held[1] == 'queued' or held[1] == 'running' or held[3] then return 0 end
forget(held[2], ARGV[1])
redis.call('DEL', job)
return 1`;

/** ARGV: application, ids before this one (or empty), most. Answers ids, newest first. */
export const LIST = `${COMMON}
tidy(ARGV[1])
local from = ARGV[2] == '' and '+' or ('(' .. ARGV[2])
return redis.call('ZREVRANGEBYLEX', key('ids:' .. ARGV[1]), from, '-', 'LIMIT', 0, tonumber(ARGV[3]))`;
