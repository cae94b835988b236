import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { tenantOut, tenantShape } from './tenant-shape.ts';

/** The open tenant and its settings. */
export const getTenant = defineVerb({
  name: 'tenants.get',
  summary: 'Get the tenant and its settings.',
  kind: 'read',
  access: 'tenant.read',
  input: z.object({}),
  output: tenantShape,
  rest: { method: 'GET', path: '/tenant' },
  async run({ tx, tenantId }) {
    const tenant = await tx.tenant.findUnique({ where: { id: tenantId } });
    if (!tenant) throw new Fault('not_found', 'This tenant is gone.');
    return tenantOut(tenant);
  },
});
