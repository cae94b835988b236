import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { orConflict } from '../conflict.ts';
import { given } from '../given.ts';
import { checkBaseUrl } from '../outbound/base-url.ts';
import { timeoutsInput } from '../outbound/timeouts-shape.ts';
import { nameShape, slugShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { baseUrlInput, providerInclude, providerOut, providerShape } from './provider-shape.ts';

/** Adds a provider: any server that speaks OpenAI's chat completions. Its keys are added after it. */
export const createProvider = defineVerb({
  name: 'providers.create',
  summary: 'Add a model provider by its base URL.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'POST', path: '/providers' },
  input: z.object({ slug: slugShape, name: nameShape, baseUrl: baseUrlInput, ...timeoutsInput }),
  output: providerShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { slug, name, ...timeouts } = input;
    const baseUrl = checkBaseUrl(input.baseUrl, context.settings.allowedPrivate);
    const row = await orConflict(
      tx.provider.create({
        data: { ...given(timeouts), tenantId, id: newId(), slug, name, baseUrl },
        include: providerInclude,
      }),
      'slug',
      'A provider with this short name exists already.',
    );
    await audit({ subject: { kind: 'provider', id: row.id, label: name }, detail: { ...input, baseUrl } });
    await announce('snapshot.tenant', { tenantId });
    return providerOut(row);
  },
});
