import { PROVIDER_FORMATS } from '@parley/contracts/provider-format';
import { open } from '@parley/kernel/seal';
import { z } from 'zod';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { findProvider, storedSettings } from './provider-shape.ts';
import { testOutcome } from './test-outcome.ts';

/** Calls a provider once with its first usable key (or the one named) and says in words how that went. */
export const testProvider = defineVerb({
  name: 'providers.test',
  summary: 'Make one real call to a provider and say how it went.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'POST', path: '/providers/{provider}/test' },
  input: z.object({ provider: z.string(), key: z.uuid().optional() }),
  output: z.object({
    ok: z.boolean(),
    status: z.number().nullable(),
    latencyMs: z.number(),
    sentence: z.string(),
    models: z.array(z.string()),
  }),
  async run({ tx, input, context, tenantId, audit }) {
    const provider = await findProvider(tx, tenantId, input.provider);
    const key = provider.keys.find(({ id, disabledAt }) => (input.key ? id === input.key : disabledAt === null));
    const dataKey = await tenantDataKey(tx, context.settings.masterKey, tenantId);
    const model = await tx.model.findFirst({
      where: { tenantId, providerId: provider.id, disabledAt: null },
      select: { providerModel: true },
    });
    await audit({
      subject: { kind: 'provider', id: provider.id, label: provider.name },
      detail: { key: key?.label ?? null },
    });
    const target = {
      baseUrl: provider.baseUrl,
      preset: provider.preset,
      format: z.enum(PROVIDER_FORMATS).parse(provider.format),
      settings: storedSettings(provider.settings),
      secret: key ? open(dataKey, key.sealed, 'provider_key') : null,
      allowedPrivate: context.settings.allowedPrivate,
    };
    return new AfterCommit(() => testOutcome(target, model?.providerModel ?? null));
  },
});
