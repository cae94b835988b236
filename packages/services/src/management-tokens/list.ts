import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { managementTokenOut, managementTokenShape } from './token-shape.ts';

/** Every management token of the tenant, newest first, ended ones included. */
export const listManagementTokens = defineVerb({
  name: 'managementTokens.list',
  summary: 'List the tenant’s management tokens, without their secrets.',
  kind: 'read',
  access: 'tokens.read',
  rest: { method: 'GET', path: '/management-tokens' },
  input: z.object({}),
  output: z.object({ items: z.array(managementTokenShape) }),
  async run({ tx, tenantId }) {
    const rows = await tx.managementToken.findMany({ where: { tenantId }, orderBy: { id: 'desc' }, take: 500 });
    const makers = await tx.user.findMany({
      where: { id: { in: rows.map((row) => row.createdById) } },
      select: { id: true, name: true },
    });
    const names = new Map(makers.map((maker) => [maker.id, maker.name]));
    return { items: rows.map((row) => managementTokenOut(row, names.get(row.createdById) ?? 'a former member')) };
  },
});
