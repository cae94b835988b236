import { JOBS } from '@parley/contracts/jobs';
import { defineJob } from '../../job.ts';
import { compileAndPublish } from '../../snapshots/compile.ts';
import { measurePublish } from '../../snapshots/measure.ts';

/** Publishes what gateways must know of a tenant as publisher. */
export const snapshotTenant = defineJob({
  name: 'snapshot.tenant',
  schema: JOBS['snapshot.tenant'].schema,
  tenantOf: ({ tenantId }) => tenantId,
  async handle({ payload, ports, sinceMs }) {
    await compileAndPublish(ports, 'tenant', payload.tenantId);
    measurePublish(ports, 'tenant', sinceMs);
  },
});
