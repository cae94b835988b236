import { JOBS } from '@parley/contracts/jobs';
import { closeMonths } from '@parley/services/billing/close-months';
import { defineJob } from '../../job.ts';

/** Issues the invoices of months that are over. Months that are closed already are left as they are. */
export const billingClose = defineJob({
  name: 'billing.close',
  schema: JOBS['billing.close'].schema,
  tenantOf: () => null,
  async handle({ ports }) {
    await closeMonths(ports.db, new Date(ports.clock.nowMs()), { mirror: ports.stripe !== null });
  },
});
