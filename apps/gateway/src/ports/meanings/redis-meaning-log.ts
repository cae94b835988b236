import { redisKeys } from '@parley/contracts/redis-keys';
import type { Redis } from 'ioredis';
import { type LogLine, MAX_LINES, type MeaningLog } from './meaning-log.ts';

const FIELD = 's';

/** The logs in Redis, one stream each; one nobody adds to goes when its last answer has. */
export function redisMeaningLog(redis: Redis): MeaningLog {
  return {
    async append(tenantId, resource, sealed, keepMs) {
      const key = redisKeys.cacheMeanings(tenantId, resource);
      await redis.multi().xadd(key, 'MAXLEN', MAX_LINES, '*', FIELD, sealed).pexpire(key, keepMs).exec();
    },
    async read(tenantId, resource, after, most) {
      const from = after === '' ? '-' : `(${after}`;
      const lines = (await redis.xrangeBuffer(
        redisKeys.cacheMeanings(tenantId, resource),
        from,
        '+',
        'COUNT',
        most,
      )) as [Buffer, Buffer[]][];
      return lines.flatMap(([at, fields]): LogLine[] => {
        const [, sealed] = fields;
        return sealed === undefined ? [] : [{ at: at.toString(), sealed }];
      });
    },
  };
}
