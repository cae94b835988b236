import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { voidGrant } from '../billing/end-grant.ts';
import { findAccount, grantShape, readGrants } from '../billing-accounts/account-shape.ts';
import { defineVerb } from '../verb.ts';

/** Takes back what is left of credit. The rest of credit that was paid for is owed back to the customer from then on. */
export const voidCredit = defineVerb({
  name: 'creditGrants.void',
  summary: 'Take back what is left of credit; the rest of credit that was paid for is then owed back.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'POST', path: '/billing-accounts/{account}/credit/{grant}/void' },
  input: z.object({
    account: z.uuid(),
    grant: z.uuid(),
    reason: z.string().trim().max(500, 'At most 500 characters.').default(''),
  }),
  output: grantShape,
  async run({ tx, input, tenantId, audit }) {
    const account = await findAccount(tx, tenantId, input.account);
    const [before] = account.tenantId === tenantId ? await readGrants(tx, account, { id: input.grant, limit: 1 }) : [];
    if (!before) throw new Fault('not_found', 'There is no such credit.');
    const { endedNano, repeated } = await voidGrant(tx, { tenantId, grantId: before.id, note: input.reason });
    if (!repeated) {
      await audit({
        subject: { kind: 'billingAccount', id: account.id, label: before.note },
        detail: { grantId: before.id, left: formatAmount(endedNano), currency: account.currency, reason: input.reason },
      });
    }
    return must((await readGrants(tx, account, { id: before.id, limit: 1 }))[0], 'the credit just ended');
  },
});
