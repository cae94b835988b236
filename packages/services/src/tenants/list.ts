import { z } from 'zod';
import { personOf } from '../context.ts';
import { defineVerb } from '../verb.ts';
import { tenantOut, tenantShape } from './tenant-shape.ts';

/** The tenants the signed-in person belongs to, by name, each with their role in it. */
export const listTenants = defineVerb({
  name: 'tenants.list',
  summary: 'List the tenants you belong to.',
  kind: 'read',
  access: 'person',
  input: z.object({}),
  output: z.object({ items: z.array(tenantShape.extend({ role: z.object({ slug: z.string(), name: z.string() }) })) }),
  async run({ tx, context }) {
    const memberships = await tx.membership.findMany({ where: { userId: personOf(context) }, include: { role: true } });
    const tenants = await tx.tenant.findMany({ where: { id: { in: memberships.map((one) => one.tenantId) } } });
    const items = tenants.flatMap((tenant) => {
      const held = memberships.find((one) => one.tenantId === tenant.id);
      return held ? [{ ...tenantOut(tenant), role: { slug: held.role.slug, name: held.role.name } }] : [];
    });
    return { items: items.toSorted((left, right) => left.name.localeCompare(right.name, 'en')) };
  },
});
