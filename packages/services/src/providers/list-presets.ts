import { PROVIDER_FORMATS } from '@parley/contracts/provider-format';
import { listModels } from '@parley/llm/catalogue/look-up';
import { PROVIDER_TABLE } from '@parley/llm/providers/table';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';

const presetShape = z.object({
  id: z.string(),
  name: z.string(),
  format: z.enum(PROVIDER_FORMATS),
  /** Names in braces are settings it needs. */
  baseUrl: z.string(),
  /** How it is told who calls; `none` for servers that ask for no key. */
  auth: z.string(),
  /** Variable its own tools read the key from. */
  keyEnv: z.string().nullable(),
  docsUrl: z.string(),
  needs: z.array(z.string()),
  takes: z.array(z.string()),
  /** Models the catalogue knows there. */
  modelCount: z.number(),
});

/** The provider table: everyone who can be added by name. */
export const listProviderPresets = defineVerb({
  name: 'providers.listPresets',
  summary: 'List the providers that can be added by name, with formats and addresses.',
  kind: 'read',
  access: 'providers.read',
  rest: { method: 'GET', path: '/provider-presets' },
  input: z.object({}),
  output: z.object({ items: z.array(presetShape) }),
  async run() {
    const counts = new Map<string, number>();
    for (const { offers } of listModels()) {
      for (const provider of new Set(offers.map((offer) => offer.provider)))
        counts.set(provider, (counts.get(provider) ?? 0) + 1);
    }
    const items = PROVIDER_TABLE.map(
      ({ id, name, format, baseUrl, auth, keyEnv, docsUrl, sellsAs, needs = [], takes = [] }) => ({
        id,
        name,
        format,
        baseUrl,
        auth,
        keyEnv,
        docsUrl,
        needs: [...needs],
        takes: [...takes],
        modelCount: counts.get(sellsAs ?? id) ?? 0,
      }),
    );
    return { items };
  },
});
