import { redisKeys } from '@parley/contracts/redis-keys';
import type { UsageEvent } from '@parley/contracts/usage-event';
import { readUsageLines } from '@parley/contracts/usage-lines';
import { z } from 'zod';
import { NO_TENANT, recordDeadLetter } from '../../dead-letters.ts';
import { defineJob } from '../../job.ts';
import type { Ports } from '../../ports.ts';
import { checkEvents, type RefusedEvent } from './check-event.ts';
import { insertEvents } from './insert-events.ts';
import { noteSegment } from './note-segment.ts';
import { ensurePartitions, forgetPartitions } from './partitions.ts';

/** The batch as a batch; its events are checked one by one, so that a bad one does not hold back the others. */
const segmentId = z.string().min(1).max(100);
const batchSchema = z.union([
  z.object({ segmentId, events: z.array(z.unknown()).min(1) }),
  z.object({ segmentId, lines: z.string().min(1) }),
]);

/** How long a gateway may ask whether its segment is stored. */
const DONE_SECONDS = 86_400;

/**
 * Stores a batch of usage events, each exactly once however often and in whatever order batches come, and says so to the
 * gateway only when they are committed. Events that cannot be stored go to the dead letters of their tenant.
 */
export const usageIngest = defineJob({
  name: 'usage.ingest',
  schema: batchSchema,
  tenantOf: () => null,
  async handle({ payload, ports, log }) {
    const { segmentId } = payload;
    const { events, torn } = 'lines' in payload ? readUsageLines(payload.lines) : { events: payload.events, torn: 0 };
    if (torn > 0) log.warn('a usage segment holds torn lines: calls that were never answered', { segmentId, torn });
    const { good, refused } = checkEvents(events, ports.clock.nowMs());
    const inserted = await store(ports, good, refused);
    if (refused.length > 0) {
      log.error('usage events could not be stored; they are in the dead letters', { segmentId, count: refused.length });
      await keepRefused(ports, segmentId, refused);
    }
    await noteSegment(ports.pool, segmentId, good[0]?.node ?? 'unknown', events.length);
    await ports.redis.set(redisKeys.usageSegmentDone(segmentId), '1', 'EX', DONE_SECONDS);
    count(ports, {
      stored: inserted,
      known: events.length - refused.length - inserted,
      refused: refused.length,
    });
  },
});

/** Inserts events; what the database refuses for its content is narrowed down to the single events and added to `refused`. */
async function store(ports: Ports, events: readonly UsageEvent[], refused: RefusedEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  await ensurePartitions(ports.pool, events);
  try {
    return await insertEvents(ports.pool, events);
  } catch (error) {
    if (isMissingPartition(error)) {
      forgetPartitions(ports.pool);
      throw error;
    }
    if (!isContentError(error)) throw error;
    const [first] = events;
    if (events.length === 1 && first) {
      refused.push({ raw: first, tenantId: first.tenantId, reason: error.message });
      return 0;
    }
    const middle = Math.ceil(events.length / 2);
    return (await store(ports, events.slice(0, middle), refused)) + (await store(ports, events.slice(middle), refused));
  }
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation). */
function isContentError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^2[23]/.test(String(error.code));
}

function isMissingPartition(error: unknown): boolean {
  return error instanceof Error && error.message.includes('no partition of relation');
}

async function keepRefused(ports: Ports, segmentId: string, refused: readonly RefusedEvent[]): Promise<void> {
  const byTenant = Map.groupBy(refused, (event) => event.tenantId ?? NO_TENANT);
  for (const [tenantId, events] of byTenant) {
    await recordDeadLetter(ports.pool, {
      tenantId,
      job: 'usage.ingest',
      payload: { segmentId, events: events.map((event) => event.raw) },
      error: [...new Set(events.map((event) => event.reason))].join(' | '),
      attempts: 1,
      key: `${segmentId}:${tenantId}`,
    });
  }
}

const counters = new WeakMap<object, ReturnType<Ports['metrics']['counter']>>();

function count(ports: Ports, outcomes: Readonly<Record<string, number>>): void {
  let counter = counters.get(ports.metrics);
  if (!counter) {
    counter = ports.metrics.counter('parley_usage_events_total', 'Usage events received, by what became of them.', [
      'outcome',
    ]);
    counters.set(ports.metrics, counter);
  }
  for (const [outcome, events] of Object.entries(outcomes)) if (events > 0) counter.add(events, { outcome });
}
