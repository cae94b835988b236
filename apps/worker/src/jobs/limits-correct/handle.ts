import { JOBS } from '@parley/contracts/jobs';
import { defineJob } from '../../job.ts';
import { correctCounters, limitEpoch } from '../../limits/restore.ts';

/** So long after counters were restored they are looked at often, and so long now and then. */
const OFTEN_MS = 10 * 60_000;
const LONG_MS = 3 * 86_400_000;

/** Corrects restored counters by usage events that came late. */
export const limitsCorrect = defineJob({
  name: 'limits.correct',
  schema: JOBS['limits.correct'].schema,
  tenantOf: () => null,
  async handle({ payload, ports }) {
    const epoch = await limitEpoch(ports.redis);
    if (epoch === null) return;
    const ageMs = ports.clock.nowMs() - epoch.cutoffMs;
    if (ageMs < (payload.long === true ? LONG_MS : OFTEN_MS)) await correctCounters(ports, epoch);
  },
});
