import { newId } from '@parley/kernel/id';
import { wrongField } from '../conflict.ts';
import { defineVerb } from '../verb.ts';
import { profileInput } from './profile-shape.ts';

/** Says who the tenant is on invoices from now on; those already issued stay as they are. */
export const setBillingProfile = defineVerb({
  name: 'billingProfile.set',
  summary: 'Say who the tenant is on the invoices it issues from now on. Fields that are not given are emptied.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'PUT', path: '/billing-profile' },
  input: profileInput,
  output: profileInput,
  async run({ tx, input, tenantId, audit }) {
    if (input.region !== '' && input.country === '')
      throw wrongField('country', 'A region is of a country: say which.');
    await tx.billingProfile.upsert({
      where: { tenantId },
      create: { tenantId, id: newId(), ...input },
      update: input,
    });
    await audit({
      subject: { kind: 'billing-profile', id: null, label: input.legalName || 'The tenant' },
      detail: input,
    });
    return input;
  },
});
