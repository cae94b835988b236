import { JOBS } from '@parley/contracts/jobs';
import { defineJob } from '../../job.ts';
import { runStandingChecks } from './run-checks.ts';

const HOUR_MS = 3_600_000;
/** What an hourly round looks at; and one of everything that is still being billed. */
const RECENT_MS = 3 * HOUR_MS;
const DEEP_MS = 35 * 24 * HOUR_MS;

/** Makes all standing checks: what they find is on the system page of its tenant, and in the log. */
export const checksRun = defineJob({
  name: 'checks.run',
  schema: JOBS['checks.run'].schema,
  tenantOf: () => null,
  async handle({ payload, ports, log }) {
    const nowMs = ports.clock.nowMs();
    const from = new Date(nowMs - (nowMs % HOUR_MS) - (payload.deep === true ? DEEP_MS : RECENT_MS));
    for (const { name, found, fresh, failure } of await runStandingChecks(ports.pool, from)) {
      if (failure !== null) log.error('a standing check could not be made', { check: name, failure });
      else if (found > 0) log.error('a standing check does not hold', { check: name, found, fresh });
    }
  },
});
