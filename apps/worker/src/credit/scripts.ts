/**
 * KEYS: the counter of a customer's credit, as the gateways' limiter has it, and what running calls hold of it. ARGV: what is booked as
 * charged, whether nothing waits to be booked, how long nothing may have moved before it is lowered (ms), when its period ends. Raised at
 * once to what is booked and held. Lowered to what is booked where nothing runs, and `q`, what was used when it was looked at
 * first, is what is used still, since `w` (ms).
 */
export const ALIGN = `
local charged, now = tonumber(ARGV[1]), redis.call('TIME')
local nowMs = now[1] * 1000 + math.floor(now[2] / 1000)
local held, all = 0, redis.call('HGETALL', KEYS[2])
for at = 1, #all, 2 do held = held + tonumber(string.match(all[at + 1], '^r?%d+:(%d+):')) end
local stored = redis.call('HMGET', KEYS[1], 'u', 'q', 'w')
local used, least = tonumber(stored[1]) or -1, charged + held
if used < least then
  redis.call('HSET', KEYS[1], 'i', 0, 'u', string.format('%.0f', least))
  redis.call('HDEL', KEYS[1], 'q', 'w')
  redis.call('PEXPIREAT', KEYS[1], ARGV[4])
  return 1
end
if used == least or #all > 0 or tonumber(stored[2]) ~= used then
  if tonumber(stored[2]) ~= used then redis.call('HSET', KEYS[1], 'q', string.format('%.0f', used), 'w', string.format('%.0f', nowMs)) end
  if #all > 0 then redis.call('HSET', KEYS[1], 'w', string.format('%.0f', nowMs)) end
  return 0
end
if ARGV[2] ~= '1' or nowMs - tonumber(stored[3]) < tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], 'u', string.format('%.0f', charged))
redis.call('HDEL', KEYS[1], 'o', 'q', 'w')
return -1
`;
