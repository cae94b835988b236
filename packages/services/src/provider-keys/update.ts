import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { findProvider, keyLimitColumns, providerKeyOut, providerKeyShape } from '../providers/provider-shape.ts';
import { defineVerb } from '../verb.ts';
import { keyLimitsInput, weightInput } from './key-input.ts';

/** Changes how many calls a provider's key takes: its share, and what the provider allows it. The key itself stays. */
export const updateProviderKey = defineVerb({
  name: 'providerKeys.update',
  summary: 'Change a provider key’s weight and limits.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'PATCH', path: '/providers/{provider}/keys/{key}' },
  input: z.object({
    provider: z.string(),
    key: z.uuid('The id of the key.'),
    weight: weightInput.optional(),
    /** All of them: what is left out is no limit any more. */
    limits: keyLimitsInput.optional(),
  }),
  output: providerKeyShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const { weight, limits } = input;
    const provider = await findProvider(tx, tenantId, input.provider);
    const key = provider.keys.find(({ id }) => id === input.key);
    if (!key) throw new Fault('not_found', 'This provider has no such key. It may have been removed already.');
    const changed = await tx.providerKey.update({
      where: { tenantId_id: { tenantId, id: key.id } },
      data: { ...(weight === undefined ? {} : { weight }), ...(limits === undefined ? {} : keyLimitColumns(limits)) },
    });
    await audit({
      subject: { kind: 'provider key', id: key.id, label: `${provider.name} · ${key.label}` },
      detail: { provider: provider.slug, label: key.label, weight, limits },
    });
    await announce('snapshot.tenant', { tenantId });
    return providerKeyOut(changed);
  },
});
