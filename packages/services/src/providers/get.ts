import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findProvider, providerOut, providerShape } from './provider-shape.ts';

/** One provider, with its keys masked. */
export const getProvider = defineVerb({
  name: 'providers.get',
  summary: 'Read one model provider.',
  kind: 'read',
  access: 'providers.read',
  rest: { method: 'GET', path: '/providers/{provider}' },
  input: z.object({ provider: z.string() }),
  output: providerShape,
  async run({ tx, input, tenantId }) {
    return providerOut(await findProvider(tx, tenantId, input.provider));
  },
});
