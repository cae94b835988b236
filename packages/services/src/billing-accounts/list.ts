import { z } from 'zod';
import { toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { accountShape, readAccounts } from './account-shape.ts';

/** Accounts of the customers of the tenant’s APIs: what each owes and holds. */
export const listBillingAccounts = defineVerb({
  name: 'billingAccounts.list',
  summary: 'List the billing accounts of the tenant’s customers, with their balances.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/billing-accounts' },
  input: pageInput.extend({ cursor: z.uuid().optional() }),
  output: pageOf(accountShape),
  async run({ tx, input, tenantId }) {
    const rows = await readAccounts(tx, {
      side: { tenantId },
      limit: input.limit + 1,
      ...(input.cursor ? { after: input.cursor } : {}),
    });
    const { rows: items, nextCursor } = toPage(rows, input.limit, ({ id }) => id);
    return { items, nextCursor };
  },
});
