import { POLICIES, type PolicyKind } from '@parley/contracts/policies';
import { POLICY_GROUP, POLICY_GROUPS, type PolicyGroup } from '@parley/domain/policies/groups';
import { POLICY_WORDS } from '@parley/domain/policies/words';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { POLICY_CHECKS } from './checks.ts';

const KINDS = (Object.keys(POLICIES) as PolicyKind[]).map((kind) => ({
  kind,
  ...POLICY_WORDS[kind],
  group: POLICY_GROUP[kind],
  restOnly: POLICY_CHECKS[kind]?.restOnly !== undefined,
  modelsOnly: POLICY_CHECKS[kind]?.modelsOnly !== undefined,
  schema: z.record(z.string(), z.json()).parse(
    // As it is written, before defaults are filled in. What JSON Schema cannot say, the server says when it is saved.
    z.toJSONSchema(POLICIES[kind], { io: 'input', unrepresentable: 'any' }),
  ),
}));

/** Every policy an API version or a route can have: the same for all tenants. Forms and editors are made from it. */
export const listPolicies = defineVerb({
  name: 'policies.list',
  summary: 'List the policies an API version can have, each with the JSON Schema of its settings.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/policies' },
  input: z.object({}),
  output: z.object({
    items: z.array(
      z.object({
        /** Its name in YAML and in this API. */
        kind: z.string(),
        title: z.string(),
        purpose: z.string(),
        group: z.enum(Object.keys(POLICY_GROUPS) as PolicyGroup[]),
        /** Only REST APIs can have it. */
        restOnly: z.boolean(),
        /** Only APIs that ask models can have it. */
        modelsOnly: z.boolean(),
        /** JSON Schema 2020-12 of its settings as they are written; defaults are named in it. */
        schema: z.record(z.string(), z.json()),
      }),
    ),
  }),
  run: () => Promise.resolve({ items: KINDS }),
});
