import { JOBS } from '@parley/contracts/jobs';
import { closeMonths } from '@parley/services/billing/close-months';
import { defineJob } from '../../job.ts';

/** Issues the invoices of months that are over, and final ones. Months that are closed already are left as they are. */
export const billingClose = defineJob({
  name: 'billing.close',
  schema: JOBS['billing.close'].schema,
  tenantOf: () => null,
  async handle({ payload: { accountId, asOf }, ports }) {
    const now = asOf === undefined ? new Date(ports.clock.nowMs()) : new Date(asOf);
    await closeMonths(ports.db, now, {
      mirror: ports.stripe !== null,
      ...(accountId === undefined ? {} : { accountId }),
    });
  },
});
