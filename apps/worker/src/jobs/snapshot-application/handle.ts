import { JOBS } from '@parley/contracts/jobs';
import { defineJob } from '../../job.ts';
import { compileAndPublish } from '../../snapshots/compile.ts';
import { measurePublish } from '../../snapshots/measure.ts';

/** Publishes what gateways must know of an application as caller: keys and subscriptions. */
export const snapshotApplication = defineJob({
  name: 'snapshot.application',
  schema: JOBS['snapshot.application'].schema,
  tenantOf: ({ tenantId }) => tenantId,
  async handle({ payload, ports, sinceMs }) {
    await compileAndPublish(ports, 'application', payload.applicationId);
    measurePublish(ports, 'application', sinceMs);
  },
});
