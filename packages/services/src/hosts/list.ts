import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { hostShape, readHosts } from './host-shape.ts';

export const listHosts = defineVerb({
  name: 'hosts.list',
  summary: 'List the tenant’s own hosts, each with the TXT record that verifies it.',
  kind: 'read',
  access: 'tenant.read',
  rest: { method: 'GET', path: '/hosts' },
  input: z.object({}),
  output: z.object({ items: z.array(hostShape) }),
  run: async ({ tx, tenantId }) => ({ items: await readHosts(tx, tenantId) }),
});
