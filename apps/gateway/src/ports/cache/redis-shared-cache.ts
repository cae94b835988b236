import { redisKeys } from '@parley/contracts/redis-keys';
import type { Redis } from 'ioredis';
import { LONGEST_MS, type SharedCache } from './shared-cache.ts';

/** Bytes one tenant's answers may take in Redis, which also holds what must not be crowded out. */
const TENANT_BYTES = 64 * 1024 * 1024;
/** What Redis needs for an entry beside its value, about. */
const OVERHEAD_BYTES = 400;
const ASK_MS = 2000;
const MARK_MS = LONGEST_MS + 3_600_000;

/**
 * Keeps an entry within its tenant's share: what has ended is struck off the ledger, then what ends next makes room.
 * KEYS: entry, ledger, sizes. ARGV: key, value, keep ms, bytes, most bytes, prefix of entries, longest ms.
 */
const WRITE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local total = tonumber(redis.call('HGET', KEYS[3], 'total') or '0')
local function strike(name)
  total = total - tonumber(redis.call('HGET', KEYS[3], name) or '0')
  redis.call('HDEL', KEYS[3], name)
  redis.call('ZREM', KEYS[2], name)
end
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 200)) do strike(name) end
strike(ARGV[1])
local bytes, most = tonumber(ARGV[4]), tonumber(ARGV[5])
for _ = 1, 200 do
  if total + bytes <= most then break end
  local next = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
  if not next then break end
  redis.call('DEL', ARGV[6] .. next)
  strike(next)
end
local kept = total + bytes <= most
if kept then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[1])
  redis.call('HSET', KEYS[3], ARGV[1], bytes)
  total = total + bytes
else
  redis.call('DEL', KEYS[1])
end
redis.call('HSET', KEYS[3], 'total', total)
redis.call('PEXPIRE', KEYS[2], ARGV[7])
redis.call('PEXPIRE', KEYS[3], ARGV[7])
return kept and 1 or 0`;

/**
 * The shared cache in Redis. `commands` answers at once or fails; `listener` is a connection of its own that is opened
 * when first needed, so that a node without cached endpoints has none.
 */
export function redisSharedCache(commands: Redis, listener: Redis, tenantBytes = TENANT_BYTES): SharedCache {
  let following = false;
  let asking: NodeJS.Timeout | undefined;
  return {
    async read(tenantId, resource, key) {
      const names = [redisKeys.cacheMark(tenantId, resource), redisKeys.cacheEntry(tenantId, key)];
      const [mark, sealed] = await commands.mgetBuffer(names);
      return { mark: mark?.toString() ?? '', sealed: sealed ?? null };
    },
    async write(tenantId, key, sealed, keepMs) {
      await commands.eval(
        WRITE,
        3,
        redisKeys.cacheEntry(tenantId, key),
        redisKeys.cacheLedger(tenantId),
        redisKeys.cacheSizes(tenantId),
        key,
        sealed,
        keepMs,
        sealed.length + OVERHEAD_BYTES,
        tenantBytes,
        redisKeys.cacheEntry(tenantId, ''),
        MARK_MS,
      );
    },
    async invalidate(tenantId, resource, mark) {
      await commands.set(redisKeys.cacheMark(tenantId, resource), mark, 'PX', MARK_MS);
      await commands.publish(redisKeys.cacheInvalidations, `${resource} ${mark}`);
    },
    follow(onInvalid, onGap) {
      if (following) return;
      following = true;
      listener.on('message', (_channel, message) => {
        const [resource = '', mark = ''] = message.split(' ');
        onInvalid(resource, mark);
      });
      listener.on('ready', () => {
        listener.subscribe(redisKeys.cacheInvalidations).then(onGap, () => {});
      });
      listener.connect().catch(() => {});
      // So that a connection that is dead without a word is found out, and what it missed is forgotten.
      asking = setInterval(() => void listener.ping().catch(() => {}), ASK_MS).unref();
    },
    close() {
      clearInterval(asking);
      listener.disconnect();
    },
  };
}
