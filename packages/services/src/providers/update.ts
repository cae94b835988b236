import { z } from 'zod';
import { given } from '../given.ts';
import { timeoutsInput } from '../outbound/timeouts-shape.ts';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { changedWhere, formatInput } from './format-input.ts';
import { baseUrlInput, findProvider, providerInclude, providerOut, providerShape } from './provider-shape.ts';

/**
 * Changes a provider's name, address, settings or timeouts; calls under way finish with the old ones. What it speaks stays: that
 * is another provider.
 */
export const updateProvider = defineVerb({
  name: 'providers.update',
  summary: 'Change a provider’s name, base URL, settings or timeouts.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'PATCH', path: '/providers/{provider}' },
  input: z.object({
    provider: z.string(),
    name: nameShape.optional(),
    baseUrl: baseUrlInput.optional(),
    settings: formatInput.settings,
    ...timeoutsInput,
  }),
  output: providerShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { provider, ...patch } = input;
    const before = await findProvider(tx, tenantId, provider);
    const { id } = before;
    const changes = given({ ...patch, ...changedWhere(before, patch, context.settings.allowedPrivate) });
    const row = await tx.provider.update({
      where: { tenantId_id: { tenantId, id } },
      data: changes,
      include: providerInclude,
    });
    await audit({ subject: { kind: 'provider', id, label: row.name }, detail: changes });
    await announce('snapshot.tenant', { tenantId });
    return providerOut(row);
  },
});
