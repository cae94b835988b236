import { QUEUES } from '@parley/jobs/queues';
import { z } from 'zod';
import { optionalTimeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** A worker is alive when it said so within this time. */
const ALIVE_SECONDS = 20;
/** A queue whose oldest job has waited longer is behind. */
const BEHIND_SECONDS = 30;

const queuesShape = z.record(z.string(), z.object({ waiting: z.number(), oldestSeconds: z.number() }));

/**
 * How things stand for this tenant: what waits, since when, what failed. Of the queues, which all tenants share, only
 * how far behind they are: their length would tell of other tenants.
 */
export const systemHealth = defineVerb({
  name: 'system.health',
  summary: 'See whether changes and usage are being worked on, and since when anything waits.',
  kind: 'read',
  access: 'system.read',
  rest: { method: 'GET', path: '/system/health' },
  input: z.object({}),
  output: z.object({
    workers: z.object({ alive: z.number().int(), lastSeenAt: optionalTimeShape }),
    queues: z.array(
      z.object({ name: z.string(), state: z.enum(['idle', 'working', 'behind']), oldestSeconds: z.number().int() }),
    ),
    /** Changes that have not been handed to the worker. */
    changes: z.object({ waiting: z.number().int(), oldestAt: optionalTimeShape }),
    usage: z.object({
      lastCallStoredAt: optionalTimeShape,
      lastRollupAt: optionalTimeShape,
      /** Hours with calls that are not in the sums yet. */
      hoursWaiting: z.number().int(),
      oldestWaitingAt: optionalTimeShape,
    }),
    failedJobs: z.number().int(),
  }),
  run: async ({ tx, tenantId }) => {
    const beats = await tx.workerBeat.findMany({ orderBy: { at: 'desc' } });
    const now = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
    const nowMs = new Date(now[0]?.now ?? Date.now()).getTime();
    const alive = beats.filter((beat) => nowMs - beat.at.getTime() <= ALIVE_SECONDS * 1000);
    const outbox = await tx.outboxEntry.aggregate({
      where: { tenantId, dispatchedAt: null },
      _count: true,
      _min: { createdAt: true },
    });
    const dirty = await tx.rollupDirtyHour.aggregate({ where: { tenantId }, _count: true, _min: { markedAt: true } });
    const lastCall = await tx.usageEvent.findFirst({
      where: { tenantId },
      orderBy: [{ eventDay: 'desc' }, { id: 'desc' }],
      select: { ingestedAt: true },
    });
    const lastRollup = await tx.usageRollup.findFirst({
      where: { tenantId },
      orderBy: { hour: 'desc' },
      select: { computedAt: true },
    });
    return {
      workers: { alive: alive.length, lastSeenAt: beats[0]?.at.toISOString() ?? null },
      queues: queueStates(alive[0]?.queues),
      changes: { waiting: outbox._count, oldestAt: outbox._min.createdAt?.toISOString() ?? null },
      usage: {
        lastCallStoredAt: lastCall?.ingestedAt.toISOString() ?? null,
        lastRollupAt: lastRollup?.computedAt.toISOString() ?? null,
        hoursWaiting: dirty._count,
        oldestWaitingAt: dirty._min.markedAt?.toISOString() ?? null,
      },
      failedJobs: await tx.deadLetter.count({ where: { tenantId, resolvedAt: null } }),
    };
  },
});

function queueStates(raw: unknown) {
  const parsed = queuesShape.safeParse(raw);
  const queues = parsed.success ? parsed.data : {};
  return QUEUES.flatMap((name) => {
    const queue = queues[name];
    if (!queue) return [];
    const busy = queue.oldestSeconds > BEHIND_SECONDS ? ('behind' as const) : ('working' as const);
    return [
      { name, state: queue.waiting === 0 ? ('idle' as const) : busy, oldestSeconds: Math.round(queue.oldestSeconds) },
    ];
  });
}
