import { JOBS } from '@parley/contracts/jobs';
import { defineJob } from '../../job.ts';
import { restoreCounters } from '../../limits/restore.ts';

/** Restores the counters of limits that Redis has lost, unless that has been done. */
export const limitsRebuild = defineJob({
  name: 'limits.rebuild',
  schema: JOBS['limits.rebuild'].schema,
  tenantOf: () => null,
  handle: ({ ports }) => restoreCounters(ports),
});
