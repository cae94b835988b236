import { JOBS } from '@parley/contracts/jobs';
import { defineJob } from '../../job.ts';
import { expireCredit, tellOfEndedCredit } from './credit.ts';
import { expireInvitations } from './invitations.ts';
import { expireKeys } from './keys.ts';
import { expireSubscriptions } from './subscriptions.ts';

/** Rows moved in one transaction. */
const BATCH = 100;

/**
 * Notes what has run out and tells the people concerned. Enforcement does not wait for it: gateways refuse by the expiry
 * times in their documents.
 */
export const expirySweep = defineJob({
  name: 'expiry.sweep',
  schema: JOBS['expiry.sweep'].schema,
  tenantOf: () => null,
  async handle({ ports }) {
    const now = new Date(ports.clock.nowMs());
    for (const expire of [expireSubscriptions, expireInvitations, expireKeys]) {
      while ((await ports.db.within({}, (tx) => expire(tx, now, BATCH))) === BATCH);
    }
    await tellOfEndedCredit(ports.db, now);
    await expireCredit(ports.db, now);
  },
});
