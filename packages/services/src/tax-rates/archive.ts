import { percentText } from '@parley/domain/invoices/taxes';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Ends a rate of tax: invoices issued from now on do not add it. */
export const archiveTaxRate = defineVerb({
  name: 'taxRates.archive',
  summary: 'End a rate of tax: invoices issued from now on do not add it; those already issued stay as they are.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'DELETE', path: '/tax-rates/{rate}' },
  input: z.object({ rate: z.uuid() }),
  output: doneShape,
  async run({ tx, input, tenantId, audit }) {
    const where = { tenantId, id: input.rate };
    const row = await tx.taxRate.findFirst({ where });
    if (!row) throw new Fault('not_found', 'There is no such rate.');
    if (row.archivedAt !== null) return DONE;
    await tx.taxRate.updateMany({ where: { ...where, archivedAt: null }, data: { archivedAt: new Date() } });
    const label = `${row.name} ${percentText(row.ppm)} %`;
    await audit({ subject: { kind: 'tax-rate', id: row.id, label } });
    return DONE;
  },
});
