/**
 * Each change of a hot session as one script. KEYS[1] is a hash: `t`enant, `a`pplication, `o`wner, `s`tate, `v`ersion (of everything),
 * `w` (version of the settings), `n`umber and `b`ytes of its turns, `f` settings (sealed), `c`reated, `u`pdated, `k`ept for (ms), `x` summary (sealed) and `y` the last sequence it covers; and a
 * field `.<id>` for each turn: `sequence revision state lease-end began bytes`. KEYS[2] is a hash of what turns say by their ids: the
 * revision and a line end, then the sealed content. They are apart because who knows what a turn says need not read it again.
 */
const COMMON = `
local key, said = KEYS[1], KEYS[2]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function keep(hot)
  local most = tonumber(redis.call('HGET', key, 'k'))
  redis.call('PEXPIRE', key, math.min(tonumber(hot), most))
  redis.call('PEXPIRE', said, math.min(tonumber(hot), most))
end
`;

/** ARGV: tenant, application, owner, settings, keep ms, hot ms. Answers when it was made; nothing where it is there already. */
export const CREATE = `${COMMON}
if redis.call('EXISTS', key) == 1 then return '' end
redis.call('HSET', key, 't', ARGV[1], 'a', ARGV[2], 'o', ARGV[3], 's', 'active', 'v', 1, 'w', 1, 'n', 0, 'b', 0,
  'f', ARGV[4], 'c', now, 'u', now, 'k', ARGV[5])
keep(ARGV[6])
return tostring(now)`;

/**
 * ARGV: turn, revision, state, lease ms, sequence (or empty for the next), version it must be at (or empty), most turns, most
 * bytes, hot ms, content, when it began (or empty for now). A turn that is known takes a higher revision only (CP-7.2). Answers
 * what came of it, version, sequence and when it began.
 */
export const TURN = `${COMMON}
local held = redis.call('HMGET', key, 's', 'v', 'n', 'b')
if not held[1] then return {'absent'} end
if held[1] == 'deleted' then return {'deleted'} end
local field, content = '.' .. ARGV[1], ARGV[10]
local old = redis.call('HGET', key, field)
local sequence, revision, state, began, before = 0, -1, 'void', tonumber(ARGV[11]) or now, 0
if old then
  local s, r, st, b, size = string.match(old, '^(%d+) (%d+) (%a+) %d+ (%d+) (%d+)$')
  sequence, revision, state, began, before = tonumber(s), tonumber(r), st, tonumber(b), tonumber(size)
  if tonumber(ARGV[2]) <= revision then return {'known', held[2], s, b} end
else
  if ARGV[5] == '' and held[1] == 'archived' then return {'archived'} end
  if ARGV[6] ~= '' and ARGV[6] ~= held[2] then return {'changed', held[2]} end
  local most, bytes = tonumber(ARGV[7]), tonumber(ARGV[8])
  if most > 0 and (held[3] + 1 > most or held[4] + #content > bytes) then return {'full'} end
end
local version = held[2] + 1
if ARGV[5] ~= '' and tonumber(ARGV[5]) > version then version = tonumber(ARGV[5]) end
if not old then sequence = tonumber(ARGV[5]) or version end
local live = (ARGV[3] ~= 'void' and 1 or 0) - (state ~= 'void' and 1 or 0)
local head = string.format('%.0f %.0f %s %.0f %.0f %d', sequence, tonumber(ARGV[2]), ARGV[3], now + ARGV[4], began, #content)
redis.call('HSET', said, ARGV[1], ARGV[2] .. '\\n' .. content)
redis.call('HSET', key, field, head, 'v', string.format('%.0f', version), 'u', string.format('%.0f', now))
if live ~= 0 then redis.call('HINCRBY', key, 'n', live) end
redis.call('HINCRBY', key, 'b', #content - before)
keep(ARGV[9])
return {'ok', string.format('%.0f', version), string.format('%.0f', sequence), string.format('%.0f', began)}`;

/**
 * ARGV: settings, state, keep ms, hot ms, version of the settings it was made from (or empty), version it must be at (or empty), version it
 * has (or empty for the next; then it holds only where that is newer). Answers what came of it and the version.
 */
export const SETTINGS = `${COMMON}
local held = redis.call('HMGET', key, 's', 'v', 'w')
if not held[1] then return {'absent'} end
if held[1] == 'deleted' then return {'deleted'} end
if ARGV[6] ~= '' and ARGV[6] ~= held[2] then return {'changed', held[2]} end
if ARGV[5] ~= '' and ARGV[5] ~= held[3] then return {'raced', held[2]} end
local version = held[2] + 1
local own = version
if ARGV[7] ~= '' then
  own = tonumber(ARGV[7])
  if own <= tonumber(held[3]) then return {'known', held[2]} end
  version = math.max(own, tonumber(held[2]))
end
redis.call('HSET', key, 'f', ARGV[1], 's', ARGV[2], 'k', ARGV[3], 'v', string.format('%.0f', version),
  'w', string.format('%.0f', own), 'u', string.format('%.0f', now))
keep(ARGV[4])
return {'ok', string.format('%.0f', version)}`;

/** ARGV: sealed summary, sequence of the last turn it covers, hot ms. The one that covers most holds; a party's version does not change. */
export const SUMMARY = `${COMMON}
local held = redis.call('HMGET', key, 's', 'y')
if not held[1] or held[1] == 'deleted' then return 0 end
if held[2] and tonumber(held[2]) >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', key, 'x', ARGV[1], 'y', ARGV[2])
keep(ARGV[3])
return 1`;

/** ARGV: version it must be at (or empty), how long it is remembered to be gone. Answers what came of it. */
export const DROP = `${COMMON}
local held = redis.call('HMGET', key, 's', 'v', 't', 'a')
if ARGV[1] ~= '' and held[1] and held[1] ~= 'deleted' and ARGV[1] ~= held[2] then return 'changed' end
redis.call('DEL', key, said)
redis.call('HSET', key, 's', 'deleted', 't', held[3] or '', 'a', held[4] or '')
redis.call('PEXPIRE', key, ARGV[2])
return 'ok'`;

/**
 * ARGV: hot ms, the number of fields of the session, its fields and values, then ids of turns and what they say. Puts back what was lost;
 * nothing where it is there. Answers 1 when it did.
 */
export const RESTORE = `${COMMON}
if redis.call('EXISTS', key) == 1 then return 0 end
redis.call('DEL', said)
local last = 2 + 2 * ARGV[2]
for i = 3, last, 2 do redis.call('HSET', key, ARGV[i], ARGV[i + 1]) end
for i = last + 1, #ARGV, 2 do redis.call('HSET', said, ARGV[i], ARGV[i + 1]) end
keep(ARGV[1])
return 1`;
