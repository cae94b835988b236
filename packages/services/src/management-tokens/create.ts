import { isPermission } from '@parley/domain/permissions';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { hashSecretToken, maskSecretToken, newSecretToken } from '@parley/kernel/secret-token';
import { z } from 'zod';
import { personOf } from '../context.ts';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { managementTokenOut, managementTokenShape } from './token-shape.ts';

/**
 * Makes a management token. Its scopes are at most what its maker may do now, and at each use at most what their role
 * grants then. The secret is in this answer and nowhere else. Only a person can make one.
 */
export const createManagementToken = defineVerb({
  name: 'managementTokens.create',
  summary: 'Make a management token; its secret is shown in this answer only.',
  kind: 'write',
  access: 'tokens.write',
  rest: { method: 'POST', path: '/management-tokens' },
  input: z.object({
    name: nameShape,
    scopes: z
      .array(z.string().refine(isPermission, 'There is no such permission.'))
      .min(1, 'Choose at least one permission.')
      .max(100),
    expiresAt: z.iso
      .datetime('Give a time such as 2027-01-31T00:00:00Z.')
      .refine((time) => Date.parse(time) > Date.now(), 'This lies in the past. Choose a later time, or none.')
      .optional(),
  }),
  output: managementTokenShape.extend({
    secret: z.string().describe('Shown this once; it cannot be read again.'),
  }),
  async run({ tx, input, context, tenantId, audit }) {
    const userId = personOf(context);
    const scopes = [...new Set(input.scopes)].filter(isPermission);
    const beyond = scopes.filter((scope) => !context.permissions.has(scope));
    if (beyond.length > 0) {
      throw new Fault('forbidden', `You cannot give a token what you may not do yourself: ${beyond.join(', ')}.`, [
        { path: 'scopes', message: `Your role does not grant ${beyond.join(', ')}.` },
      ]);
    }
    const secret = newSecretToken('pm_live');
    const maker = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { name: true } });
    const row = await tx.managementToken.create({
      data: {
        tenantId,
        id: newId(),
        name: input.name,
        tokenHash: hashSecretToken(secret, context.settings.keyPepper),
        masked: maskSecretToken(secret),
        scopes,
        createdById: userId,
        expiresAt: input.expiresAt ? new Date(input.expiresAt) : null,
      },
    });
    await audit({
      subject: { kind: 'management token', id: row.id, label: input.name },
      detail: { masked: row.masked, scopes, expiresAt: input.expiresAt ?? null },
    });
    return { ...managementTokenOut(row, maker.name), secret };
  },
});
