import { z } from 'zod';
import { findAccount, grantShape, readGrants } from '../billing-accounts/account-shape.ts';
import { toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Credit of an account, spent and ended included, newest first. */
export const listCreditGrants = defineVerb({
  name: 'creditGrants.list',
  summary: 'List the credit of a billing account, newest first, as its publisher or as its customer.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/billing-accounts/{account}/credit' },
  input: pageInput.extend({ account: z.uuid(), cursor: z.uuid().optional() }),
  output: pageOf(grantShape),
  async run({ tx, input, tenantId }) {
    const account = await findAccount(tx, tenantId, input.account);
    const found = await readGrants(tx, account, {
      limit: input.limit + 1,
      ...(input.cursor ? { before: input.cursor } : {}),
    });
    const { rows: items, nextCursor } = toPage(found, input.limit, ({ id }) => id);
    return { items, nextCursor };
  },
});
