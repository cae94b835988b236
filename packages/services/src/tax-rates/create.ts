import { newId } from '@parley/kernel/id';
import { wrongField } from '../conflict.ts';
import { defineVerb } from '../verb.ts';
import { ppmOf, rateInput, rateOut, rateShape } from './rate-shape.ts';

const MOST_RATES = 300;

/** Adds a rate of tax to invoices issued from now on. */
export const createTaxRate = defineVerb({
  name: 'taxRates.create',
  summary: 'Add a rate of tax to the invoices the tenant issues from now on to customers it fits.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'POST', path: '/tax-rates' },
  input: rateInput,
  output: rateShape,
  async run({ tx, input, tenantId, context, audit }) {
    const { percent, ...rate } = input;
    if (rate.region !== '' && rate.country === '') throw wrongField('country', 'A region is of a country: say which.');
    const current = await tx.taxRate.findMany({ where: { tenantId, archivedAt: null } });
    const same = current.some(
      ({ name, country, region }) => name === rate.name && country === rate.country && region === rate.region,
    );
    if (same) throw wrongField('name', 'There is a rate of this name for this place. End it first.');
    if (current.length >= MOST_RATES) throw wrongField('name', `At most ${MOST_RATES} rates.`);
    const row = await tx.taxRate.create({
      data: { tenantId, id: newId(), ...rate, ppm: ppmOf(percent), createdById: context.userId },
    });
    await audit({ subject: { kind: 'tax-rate', id: row.id, label: `${row.name} ${percent} %` }, detail: input });
    return rateOut(row);
  },
});
