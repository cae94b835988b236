import { ingestContext } from '@parley/context/archive/ingest';
import { SessionStore } from '@parley/context/store/session-store';
import { type ContextRecord, contextRecordSchema } from '@parley/contracts/context-records';
import { JOBS } from '@parley/contracts/jobs';
import { redisKeys } from '@parley/contracts/redis-keys';
import { defineJob } from '../../job.ts';

/** How long a gateway may ask whether its segment is stored. */
const DONE_SECONDS = 86_400;

/** A record; `null` for a line that a crash tore, whose call was never answered. */
function readLine(line: string): ContextRecord | null {
  try {
    return contextRecordSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** Stores what a gateway wrote of sessions, each record once, and says so to the gateway when it is committed. */
export const contextIngest = defineJob({
  name: 'context.ingest',
  schema: JOBS['context.ingest'].schema,
  tenantOf: () => null,
  async handle({ payload, ports, log }) {
    const { segmentId, lines } = payload;
    const read = lines
      .split('\n')
      .filter((line) => line !== '')
      .map(readLine);
    const records = read.filter((record) => record !== null);
    const torn = read.length - records.length;
    if (torn > 0) log.warn('a segment of sessions holds torn lines', { segmentId, torn });
    await ingestContext(ports.pool, new SessionStore(ports.redis), records);
    await ports.redis.set(redisKeys.contextSegmentDone(segmentId), '1', 'EX', DONE_SECONDS);
  },
});
