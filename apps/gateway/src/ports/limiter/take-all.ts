import { LEASE_MEMORY_MS, LEASE_PART, LEASE_SHARE } from './decide.ts';
import { LAPSED, SERVER_CLOCK } from './hold-scripts.ts';

/**
 * One step for all limits of a call. KEYS: the hash of the plan (fields as in redis-store.ts), then one for each rule.
 * ARGV: want, spare, number of plan limits and of rules, the call's name and how long it holds, which of the KEYS is the marker (0: none); requests and window length of
 * each limit; for each rule kind, shadow, amount, cost, three numbers of its kind, and which of the last KEYS has what calls hold
 * of it (0: none). Fields of rules: `i` begin of the period and `u` used (window, quota); `s` last slot, `t`
 * sum and `b<n>` (sliding); `v` level and `m` its moment (gcra, in units of amount × milliseconds, so that all is whole
 * numbers); a sorted set of calls by the end of their hold (concurrency); `l` until when spare calls may come back. Of `u`: `o` was
 * held by calls of dead nodes; `c`, `r`, `x` and `k` are of restored counters (apps/worker/src/limits/scripts.ts). What calls hold is
 * `begin:amount:until` each, with an `r` in front where it was lost and came back. The reply begins with -1 when the given
 * calendar period is not now, with -2 when the marker is missing, and ends with what that says.
 */
const BODY = `
local want, spare, planned, ruled = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local holder, holdMs = ARGV[5], tonumber(ARGV[6])
local grant, extra, n = want, spare, 0
local marker, epoch = tonumber(ARGV[7]), ''
if marker > 0 then
  epoch = redis.call('GET', KEYS[marker])
  if not epoch then return { -2, nowMs, 0 } end
end
local key, amount, cost, shadow, left, reset, keep, holds = {}, {}, {}, {}, {}, {}, {}, {}

local function expire(k, untilMs)
  redis.call('PEXPIRE', k, math.ceil(math.max(0, untilMs - nowMs)) + 60000)
end

local function period(k, i, start, finish, fi, fu)
  local stored = redis.call('HMGET', k, fi, fu)
  local was = tonumber(stored[1]) or -1
  local used, fresh = 0, was < start
  if not fresh then
    start = was
    used = tonumber(stored[2]) or 0
  end
  left[i] = amount[i] - used
  reset[i] = finish(start)
  keep[i] = function(count)
    redis.call('HSET', k, fi, start, fu, used + count)
    if fresh and fi == 'i' then redis.call('HDEL', k, 'o', 'c', 'r', 'x', 'k') end
    if reset[i] - nowMs > 0 and redis.call('PTTL', k) < reset[i] - nowMs + 60000 then expire(k, reset[i]) end
    if holds[i] then
      redis.call('HSET', holds[i], holder, string.format('%.0f:%.0f:%.0f', start, count, nowMs + holdMs))
      if redis.call('PTTL', holds[i]) < reset[i] - nowMs + 60000 then expire(holds[i], reset[i]) end
    end
  end
end

${LAPSED}
local function held(k, counter)
  local total, all = 0, redis.call('HGETALL', k)
  for at = 1, #all, 2 do
    local count, untilMs = string.match(all[at + 1], ':(%d+):(%d+)$')
    if tonumber(untilMs) > nowMs then total = total + tonumber(count)
    else lapsed(k, counter, all[at], all[at + 1]) end
  end
  return total
end

local function sliding(k, i, slotMs, slots)
  local current = math.floor(nowMs / slotMs)
  local stored = redis.call('HMGET', k, 's', 't')
  local last, total = tonumber(stored[1]) or current, tonumber(stored[2]) or 0
  if last > current then current = last end
  if current - last >= slots then
    redis.call('DEL', k)
    total = 0
  elseif current > last then
    local gone = {}
    for slot = last + 1, current do gone[#gone + 1] = 'b' .. (slot % slots) end
    for _, count in ipairs(redis.call('HMGET', k, unpack(gone))) do total = total - (tonumber(count) or 0) end
    redis.call('HDEL', k, unpack(gone))
    redis.call('HSET', k, 's', current, 't', total)
  end
  left[i] = amount[i] - total
  reset[i] = (current + slots) * slotMs
  if left[i] < cost[i] then
    local names = {}
    for slot = current - slots + 1, current do names[#names + 1] = 'b' .. (slot % slots) end
    local free = left[i]
    for at, count in ipairs(redis.call('HMGET', k, unpack(names))) do
      free = free + (tonumber(count) or 0)
      if free >= cost[i] then
        reset[i] = (current + at) * slotMs
        break
      end
    end
  end
  keep[i] = function(count)
    redis.call('HINCRBY', k, 'b' .. (current % slots), count)
    redis.call('HSET', k, 's', current, 't', total + count)
    expire(k, (current + slots) * slotMs)
  end
end

local function gcra(k, i, periodMs, burst)
  local stored = redis.call('HMGET', k, 'v', 'm')
  local level, moment = tonumber(stored[1]) or 0, tonumber(stored[2]) or nowMs
  local nowAt = math.max(moment, nowMs)
  level = math.max(0, level - (nowAt - moment) * amount[i])
  local room = burst * periodMs - level
  left[i] = math.floor(room / periodMs)
  if left[i] < cost[i] then
    reset[i] = nowAt + math.ceil((cost[i] * periodMs - room) / amount[i])
  else
    reset[i] = nowAt + math.ceil((level + cost[i] * periodMs) / amount[i])
  end
  keep[i] = function(count)
    redis.call('HSET', k, 'v', string.format('%.0f', level + count * periodMs), 'm', nowAt)
    expire(k, nowAt + (level + count * periodMs) / amount[i])
  end
end

local function running(k, i)
  redis.call('ZREMRANGEBYSCORE', k, '-inf', nowMs)
  left[i] = amount[i] - redis.call('ZCARD', k)
  reset[i] = nowMs
  key[i] = nil
  keep[i] = function()
    redis.call('ZADD', k, nowMs + holdMs, holder)
    expire(k, nowMs + holdMs)
  end
end

for i = 1, planned do
  local window = tonumber(ARGV[7 + i * 2])
  n = n + 1
  key[n], amount[n], cost[n], shadow[n] = KEYS[1], tonumber(ARGV[6 + i * 2]), 1, false
  period(KEYS[1], n, math.floor(nowMs / (window * 1000)), function(index) return (index + 1) * window * 1000 end,
    'i' .. window, 'u' .. window)
end
local from = 8 + planned * 2
for r = 2, 1 + ruled do
  local kind = ARGV[from]
  local p1, p2, p3 = tonumber(ARGV[from + 4]), tonumber(ARGV[from + 5]), tonumber(ARGV[from + 6])
  n = n + 1
  holds[n] = KEYS[tonumber(ARGV[from + 7])]
  key[n], shadow[n], amount[n], cost[n] = KEYS[r], ARGV[from + 1] == '1', tonumber(ARGV[from + 2]), tonumber(ARGV[from + 3])
  if kind == 'window' then
    period(KEYS[r], n, math.floor(nowMs / p1) * p1, function(start) return start + p1 end, 'i', 'u')
  elseif kind == 'quota' then
    if nowMs < p1 or nowMs >= p3 then return { -1, nowMs, 0 } end
    local start, finish = p1, p2
    if nowMs >= p2 then start, finish = p2, p3 end
    period(KEYS[r], n, start, function() return finish end, 'i', 'u')
  elseif kind == 'sliding' then
    sliding(KEYS[r], n, p1, p2)
  elseif kind == 'concurrency' then
    running(KEYS[r], n)
  else
    gcra(KEYS[r], n, p1, p2)
  end
  from = from + 8
end

local fits = {}
for i = 1, n do
  left[i] = math.max(0, left[i])
  fits[i] = want + spare
  if cost[i] > 0 then fits[i] = math.floor(left[i] / cost[i]) end
  if not shadow[i] then
    grant = math.min(grant, fits[i])
    extra = math.min(extra, math.max(0, math.floor((left[i] - want - math.ceil(amount[i] / 10)) / ${LEASE_SHARE})),
      math.floor(amount[i] / ${LEASE_PART}))
  end
end
if grant == want then grant = grant + extra end
local reply = { grant, nowMs, 0 }
for i = 1, n do
  local count = math.min(grant, fits[i])
  if count * cost[i] > 0 or (count > 0 and holds[i]) then keep[i](count * cost[i]) end
  reply[#reply + 1] = left[i] - count * cost[i]
  reply[#reply + 1] = reset[i]
  reply[#reply + 1] = grant - count
  reply[#reply + 1] = holds[i] and count < want and held(holds[i], key[i]) or 0
end
if grant > want then
  reply[3] = nowMs + ${LEASE_MEMORY_MS}
  for i = 1, n do redis.call('HSET', key[i], 'l', reply[3]) end
elseif grant < want then
  for i = 1, n do
    if key[i] and not shadow[i] and fits[i] < want then
      local until_ = tonumber(redis.call('HGET', key[i], 'l')) or 0
      if until_ > nowMs then reply[3] = math.max(reply[3], until_) end
    end
  end
end
reply[#reply + 1] = epoch
return reply
`;

export const TAKE_ALL = `${SERVER_CLOCK}${BODY}`;

/** The same with the time as its last argument: for tests of what a day or a month does. */
export const TAKE_ALL_AT = `local nowMs = tonumber(table.remove(ARGV))\n${BODY}`;

/**
 * KEYS as above. ARGV: unused calls, number of plan limits; window length and end of each; for each rule kind, and the
 * begin of its period (window, quota), or slot and number of slots (sliding). A period that is over, or a slot that has
 * left, takes nothing back; nor does gcra, whose level may have run off meanwhile.
 */
export const GIVE_BACK_ALL = `
local unused, planned = tonumber(ARGV[1]), tonumber(ARGV[2])
local function back(k, fi, fu, start)
  local stored = redis.call('HMGET', k, fi, fu)
  if tonumber(stored[1]) == start then redis.call('HSET', k, fu, math.max(0, tonumber(stored[2]) - unused)) end
end
for i = 1, planned do
  local window, reset = tonumber(ARGV[1 + i * 2]), tonumber(ARGV[2 + i * 2])
  back(KEYS[1], 'i' .. window, 'u' .. window, reset / (window * 1000) - 1)
end
local from = 3 + planned * 2
for r = 2, #KEYS do
  local kind, first, slots = ARGV[from], tonumber(ARGV[from + 1]), tonumber(ARGV[from + 2])
  if kind == 'window' or kind == 'quota' then
    back(KEYS[r], 'i', 'u', first)
  elseif kind == 'sliding' then
    local name = 'b' .. (first % slots)
    local stored = redis.call('HMGET', KEYS[r], 's', 't', name)
    local last, count = tonumber(stored[1]), tonumber(stored[3]) or 0
    if last and last - first < slots and count > 0 then
      local gone = math.min(unused, count)
      redis.call('HINCRBY', KEYS[r], name, -gone)
      redis.call('HSET', KEYS[r], 't', tonumber(stored[2]) - gone)
    end
  end
  from = from + 3
end
return 1
`;
