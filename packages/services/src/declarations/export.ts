import { declarationSchema } from '@parley/contracts/declaration';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { readTenant } from './read-tenant.ts';

/** The tenant's configuration as a declaration that can be applied again; holds no secret. */
export const exportDeclaration = defineVerb({
  name: 'declarations.export',
  summary: 'Export the tenant’s configuration as a declaration, without secrets.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/export' },
  input: z.object({}),
  output: declarationSchema,
  run: async ({ tx, tenantId }) => (await readTenant(tx, tenantId, Date.now())).declaration,
});
