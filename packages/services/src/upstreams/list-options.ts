import { upstreamOptionsSchema } from '@parley/contracts/upstream-options';
import { OPTION_WORDS, type OptionName } from '@parley/domain/upstreams/option-words';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';

const SCHEMA = z
  .object({ properties: z.record(z.string(), z.record(z.string(), z.json())) })
  // As it is written, before defaults are filled in. What JSON Schema cannot say, the server says when it is saved.
  .parse(z.toJSONSchema(upstreamOptionsSchema, { io: 'input', unrepresentable: 'any' }));

const OPTIONS = (Object.keys(OPTION_WORDS) as OptionName[]).map((name) => ({
  name,
  ...OPTION_WORDS[name],
  schema: SCHEMA.properties[name] ?? {},
}));

/** Every option an upstream can have: the same for all tenants. Forms and editors are made from it. */
export const listUpstreamOptions = defineVerb({
  name: 'upstreams.listOptions',
  summary: 'List the options an upstream can have, each with the JSON Schema of its settings.',
  kind: 'read',
  access: 'upstreams.read',
  rest: { method: 'GET', path: '/upstream-options' },
  input: z.object({}),
  output: z.object({
    items: z.array(
      z.object({
        /** Its name in YAML and in this API. */
        name: z.string(),
        title: z.string(),
        purpose: z.string(),
        /** JSON Schema 2020-12 of its settings as they are written; defaults are named in it. */
        schema: z.record(z.string(), z.json()),
      }),
    ),
  }),
  run: () => Promise.resolve({ items: OPTIONS }),
});
