import { isUniqueViolation } from '@parley/db/errors';
import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { applicationRef, findApplication } from '../applications/application-shape.ts';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { expiryShape, readKeys, revealedKeyShape, scopesShape } from './key-shape.ts';
import { addSecret } from './new-secret.ts';

/** Makes a key of an application. The secret is in this answer and nowhere else. */
export const createKey = defineVerb({
  name: 'keys.create',
  summary: 'Make an API key of an application; its secret is shown in this answer only.',
  kind: 'write',
  access: 'keys.write',
  rest: { method: 'POST', path: '/applications/{application}/keys' },
  input: z.object({
    application: applicationRef,
    name: nameShape,
    expiresAt: expiryShape.optional(),
    scopes: scopesShape.default([]),
  }),
  output: revealedKeyShape,
  run: async ({ tx, input, context, tenantId, audit, announce }) => {
    const application = await findApplication(tx, tenantId, input.application);
    const id = newId();
    const expiresAt = input.expiresAt ? new Date(input.expiresAt) : null;
    try {
      await tx.apiKey.create({
        data: {
          tenantId,
          id,
          applicationId: application.id,
          name: input.name,
          createdById: context.userId,
          expiresAt,
          scopes: input.scopes,
        },
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new Fault('conflict', 'This application has a key of this name already.', [
        { path: 'name', message: 'Taken by another key of the application, perhaps a revoked one. Choose another.' },
      ]);
    }
    const { secret, masked } = await addSecret(tx, { tenantId, keyId: id, pepper: context.settings.keyPepper });
    await audit({
      subject: { kind: 'key', id, label: input.name },
      detail: { application: application.slug, masked, expiresAt: input.expiresAt ?? null, scopes: input.scopes },
    });
    await announce('snapshot.application', { tenantId, applicationId: application.id });
    const [view] = await readKeys(tx, tenantId, { applicationId: application.id, id });
    return { ...must(view, 'the key just made'), secret };
  },
});
