import { isUniqueViolation } from '@parley/db/errors';
import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { expiryShape, holdKey, keyShape, readKeys, scopesShape } from './key-shape.ts';

/** Renames a key, moves its end or changes its scopes; `expiresAt: null` removes the end. A revoked key stays as it is. */
export const updateKey = defineVerb({
  name: 'keys.update',
  summary: 'Rename a key, or change when it expires and what it may be used for.',
  kind: 'write',
  access: 'keys.write',
  rest: { method: 'PATCH', path: '/keys/{id}' },
  input: z.object({
    id: z.uuid(),
    name: nameShape.optional(),
    expiresAt: expiryShape.nullable().optional(),
    scopes: scopesShape.optional(),
  }),
  output: keyShape,
  run: async ({ tx, input, tenantId, audit, announce }) => {
    const key = await holdKey(tx, tenantId, input.id);
    if (key.revokedAt) throw new Fault('invalid_state', `“${key.name}” is revoked and stays as it is.`);
    const data = {
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.scopes === undefined ? {} : { scopes: input.scopes }),
      ...(input.expiresAt === undefined
        ? {}
        : { expiresAt: input.expiresAt === null ? null : new Date(input.expiresAt) }),
    };
    try {
      await tx.apiKey.update({ where: { tenantId_id: { tenantId, id: key.id } }, data });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new Fault('conflict', 'This application has a key of this name already.', [
        { path: 'name', message: 'Taken by another key of the application. Choose another.' },
      ]);
    }
    await audit({ subject: { kind: 'key', id: key.id, label: data.name ?? key.name }, detail: data });
    await announce('snapshot.application', { tenantId, applicationId: key.applicationId });
    const [view] = await readKeys(tx, tenantId, { applicationId: key.applicationId, id: key.id });
    return must(view, 'the key just changed');
  },
});
