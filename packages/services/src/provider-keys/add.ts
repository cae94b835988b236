import { PROVIDER_FORMATS } from '@parley/contracts/provider-format';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { findProvider, keyLimitColumns, providerKeyOut, providerKeyShape } from '../providers/provider-shape.ts';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { keyLimitsInput, weightInput } from './key-input.ts';
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
    weight: weightInput.default(1),
    limits: keyLimitsInput.default({}),
  }),
  output: providerKeyShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { label, weight, limits } = input;
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
        ...keyLimitColumns(limits),
        sealed: seal(dataKey, secret, 'provider_key'),
        masked,
      },
    });
    await audit({
      subject: { kind: 'provider key', id: key.id, label: `${provider.name} · ${label}` },
      detail: { provider: provider.slug, label, weight, limits, masked: key.masked },
    });
    await announce('snapshot.tenant', { tenantId });
    return providerKeyOut(key);
  },
});
