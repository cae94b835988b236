import { isUniqueViolation } from '@parley/db/errors';
import { BUILT_IN_ROLES, type BuiltInRole } from '@parley/domain/permissions';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { newDataKey } from '@parley/kernel/seal';
import { z } from 'zod';
import { personOf } from '../context.ts';
import { defineVerb } from '../verb.ts';
import {
  currencyShape,
  descriptionShape,
  tenantNameShape,
  tenantOut,
  tenantShape,
  tenantSlugShape,
  timezoneShape,
} from './tenant-shape.ts';

/** Makes a tenant with its sealed data key and built-in roles; whoever makes it becomes its first owner. */
export const createTenant = defineVerb({
  name: 'tenants.create',
  summary: 'Create a tenant and become its owner.',
  kind: 'write',
  access: 'person',
  input: z.object({
    name: tenantNameShape,
    slug: tenantSlugShape,
    description: descriptionShape.default(''),
    timezone: timezoneShape.default('UTC'),
    currency: currencyShape.default('USD'),
  }),
  output: tenantShape,
  async run({ tx, input, context, enter, audit, announce }) {
    const userId = personOf(context);
    const id = newId();
    await enter(id);
    const tenant = await tx.tenant.create({ data: { id, ...input } }).catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      throw new Fault('conflict', 'A tenant with this URL name exists already.', [
        { path: 'slug', message: 'This name is taken. Choose another.' },
      ]);
    });
    const { sealed } = newDataKey(context.settings.masterKey, id);
    await tx.tenantKey.create({ data: { tenantId: id, id: newId(), sealed } });
    const roles = (Object.keys(BUILT_IN_ROLES) as BuiltInRole[]).map((slug) => ({
      tenantId: id,
      id: newId(),
      slug,
      name: BUILT_IN_ROLES[slug].name,
      builtIn: true,
      permissions: [],
    }));
    await tx.role.createMany({ data: roles });
    const owner = roles.find((role) => role.slug === 'owner');
    if (!owner) throw new Error('no owner among the built-in roles');
    await tx.membership.create({ data: { tenantId: id, id: newId(), userId, roleId: owner.id } });
    await audit({ subject: { kind: 'tenant', id, label: input.name }, detail: { slug: input.slug } });
    await announce('snapshot.tenant', { tenantId: id });
    return tenantOut(tenant);
  },
});
