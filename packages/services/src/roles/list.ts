import { permissionsOf } from '@parley/domain/permissions';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { summaryOf } from './granting.ts';
import { roleShape } from './role-shape.ts';

/** The tenant's roles, built-in ones first, each with what it allows and how many members hold it. */
export const listRoles = defineVerb({
  name: 'roles.list',
  summary: 'List roles and what they allow.',
  kind: 'read',
  access: 'members.read',
  input: z.object({}),
  output: z.object({ items: z.array(roleShape) }),
  rest: { method: 'GET', path: '/roles' },
  async run({ tx, tenantId }) {
    const roles = await tx.role.findMany({
      where: { tenantId },
      include: { _count: { select: { memberships: true } } },
      orderBy: [{ builtIn: 'desc' }, { createdAt: 'asc' }, { id: 'asc' }],
    });
    return {
      items: roles.map((role) => ({
        ...role,
        summary: summaryOf(role),
        permissions: [...permissionsOf(role)],
        members: role._count.memberships,
      })),
    };
  },
});
