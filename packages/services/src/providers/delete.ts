import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findProvider } from './provider-shape.ts';

/** Deletes a provider and its keys. Refused while models use it. */
export const deleteProvider = defineVerb({
  name: 'providers.delete',
  summary: 'Delete a provider that no model uses, with its keys.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'DELETE', path: '/providers/{provider}' },
  input: z.object({ provider: z.string() }),
  output: doneShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const row = await findProvider(tx, tenantId, input.provider);
    const models = await tx.model.findMany({ where: { tenantId, providerId: row.id }, select: { slug: true } });
    if (models.length > 0) {
      const names = models.map((model) => model.slug).join(', ');
      throw new Fault('invalid_state', `Models use this provider: ${names}. Move them to another provider first.`);
    }
    await tx.provider.delete({ where: { tenantId_id: { tenantId, id: row.id } } });
    await audit({ subject: { kind: 'provider', id: row.id, label: row.name }, detail: { slug: row.slug } });
    await announce('snapshot.tenant', { tenantId });
    return DONE;
  },
});
