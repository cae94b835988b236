import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { findProvider } from '../providers/provider-shape.ts';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Removes a provider's key: the sealed secret is deleted, and no new call uses it. */
export const removeProviderKey = defineVerb({
  name: 'providerKeys.remove',
  summary: 'Remove a key from a provider.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'DELETE', path: '/providers/{provider}/keys/{key}' },
  input: z.object({ provider: z.string(), key: z.uuid('The id of the key.') }),
  output: doneShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const provider = await findProvider(tx, tenantId, input.provider);
    const key = provider.keys.find(({ id }) => id === input.key);
    if (!key) throw new Fault('not_found', 'This provider has no such key. It may have been removed already.');
    await tx.providerKey.delete({ where: { tenantId_id: { tenantId, id: key.id } } });
    await audit({
      subject: { kind: 'provider key', id: key.id, label: `${provider.name} · ${key.label}` },
      detail: { provider: provider.slug, label: key.label, masked: key.masked },
    });
    await announce('snapshot.tenant', { tenantId });
    return DONE;
  },
});
