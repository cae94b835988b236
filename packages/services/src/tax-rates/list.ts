import { z } from 'zod';
import { toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { rateOut, rateShape } from './rate-shape.ts';

/** The rates of tax that invoices add from now on. */
export const listTaxRates = defineVerb({
  name: 'taxRates.list',
  summary: 'List the rates of tax that the tenant’s invoices add, in the order invoices show them.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/tax-rates' },
  input: pageInput.extend({ cursor: z.uuid().optional() }),
  output: pageOf(rateShape),
  run: async ({ tx, tenantId, input }) => {
    const found = await tx.taxRate.findMany({
      where: { tenantId, archivedAt: null, ...(input.cursor ? { id: { gt: input.cursor } } : {}) },
      orderBy: { id: 'asc' },
      take: input.limit + 1,
    });
    const { rows, nextCursor } = toPage(found, input.limit, ({ id }) => id);
    return { items: rows.map(rateOut), nextCursor };
  },
});
