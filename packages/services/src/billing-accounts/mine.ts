import { z } from 'zod';
import { toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { accountShape, readAccounts } from './account-shape.ts';

/** Accounts that the tenant has as a customer, one with each publisher whose priced plans it uses. */
export const mineBillingAccounts = defineVerb({
  name: 'billingAccounts.mine',
  summary: 'List the tenant’s own billing accounts, one with each publisher, with their balances.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/billing' },
  input: pageInput.extend({ cursor: z.uuid().optional() }),
  output: pageOf(accountShape),
  async run({ tx, input, tenantId }) {
    const rows = await readAccounts(tx, {
      side: { consumerTenantId: tenantId },
      limit: input.limit + 1,
      ...(input.cursor ? { after: input.cursor } : {}),
    });
    const { rows: items, nextCursor } = toPage(rows, input.limit, ({ id }) => id);
    return { items, nextCursor };
  },
});
