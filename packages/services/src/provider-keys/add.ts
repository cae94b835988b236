import { PROVIDER_FORMATS } from '@parley/contracts/provider-format';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { findProvider, providerKeyOut, providerKeyShape } from '../providers/provider-shape.ts';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { keyOfFormat, secretInput } from './key-of-format.ts';

/** Adds a key to a provider. It is sealed with the tenant's own data key and can never be read back, only masked. */
export const addProviderKey = defineVerb({
  name: 'providerKeys.add',
  summary: 'Add a key to a provider; calls are spread over a provider’s keys by weight.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'POST', path: '/providers/{provider}/keys' },
  input: z.object({
    provider: z.string(),
    label: nameShape,
    secret: secretInput,
    weight: z.number().int('A whole number.').min(1, 'At least 1.').max(1000, 'At most 1,000.').default(1),
  }),
  output: providerKeyShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { label, weight } = input;
    const provider = await findProvider(tx, tenantId, input.provider);
    const format = z.enum(PROVIDER_FORMATS).parse(provider.format);
    const { secret, masked } = keyOfFormat(format, input.secret, context.settings.allowedPrivate);
    if (provider.keys.some((key) => key.label === label)) {
      throw wrongField('label', 'This provider has a key with this label already.');
    }
    const dataKey = await tenantDataKey(tx, context.settings.masterKey, tenantId);
    const key = await tx.providerKey.create({
      data: {
        tenantId,
        id: newId(),
        providerId: provider.id,
        label,
        weight,
        sealed: seal(dataKey, secret, 'provider_key'),
        masked,
      },
    });
    await audit({
      subject: { kind: 'provider key', id: key.id, label: `${provider.name} · ${label}` },
      detail: { provider: provider.slug, label, weight, masked: key.masked },
    });
    await announce('snapshot.tenant', { tenantId });
    return providerKeyOut(key);
  },
});
