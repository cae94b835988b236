import { z } from 'zod';
import { profileOf } from '../billing/invoice-parties.ts';
import { defineVerb } from '../verb.ts';
import { EMPTY_PROFILE, profileInput } from './profile-shape.ts';

/** Who the tenant is on the invoices it issues. */
export const getBillingProfile = defineVerb({
  name: 'billingProfile.get',
  summary: 'Read who the tenant is on the invoices it issues: name in law, address, tax number, how to pay.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/billing-profile' },
  input: z.object({}),
  output: profileInput,
  run: async ({ tx, tenantId }) => (await profileOf(tx, tenantId)) ?? EMPTY_PROFILE,
});
