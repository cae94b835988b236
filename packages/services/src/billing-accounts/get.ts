import { must } from '@parley/kernel/assert';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { accountShape, findAccount, readAccounts } from './account-shape.ts';

/** One account, for its publisher and its customer. */
export const getBillingAccount = defineVerb({
  name: 'billingAccounts.get',
  summary: 'Read one billing account, as its publisher or as its customer.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/billing-accounts/{account}' },
  input: z.object({ account: z.uuid() }),
  output: accountShape,
  async run({ tx, input, tenantId }) {
    const { id, tenantId: publisher } = await findAccount(tx, tenantId, input.account);
    return must((await readAccounts(tx, { side: { tenantId: publisher }, id, limit: 1 }))[0], 'the account just found');
  },
});
