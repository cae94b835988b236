import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { orConflict } from '../conflict.ts';
import { given } from '../given.ts';
import { timeoutsInput } from '../outbound/timeouts-shape.ts';
import { nameShape, slugShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { formatInput, whereAndHow } from './format-input.ts';
import { baseUrlInput, providerInclude, providerOut, providerShape } from './provider-shape.ts';

/**
 * Adds a provider: one of the provider table by its `preset`, or any server that speaks a format by its address. Without
 * either a format, it speaks OpenAI's chat completions. Its keys are added after it.
 */
export const createProvider = defineVerb({
  name: 'providers.create',
  summary: 'Add a model provider, picked from the provider table or by its base URL.',
  kind: 'write',
  access: 'providers.write',
  rest: { method: 'POST', path: '/providers' },
  input: z.object({
    slug: slugShape,
    name: nameShape,
    baseUrl: baseUrlInput.optional(),
    ...formatInput,
    ...timeoutsInput,
  }),
  output: providerShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { slug, name, preset: _, format: __, settings: ___, baseUrl: ____, ...timeouts } = input;
    const made = whereAndHow(input, context.settings.allowedPrivate);
    const row = await orConflict(
      tx.provider.create({
        data: { ...given(timeouts), tenantId, id: newId(), slug, name, ...made },
        include: providerInclude,
      }),
      'slug',
      'A provider with this short name exists already.',
    );
    await audit({ subject: { kind: 'provider', id: row.id, label: name }, detail: { ...input, ...made } });
    await announce('snapshot.tenant', { tenantId });
    return providerOut(row);
  },
});
