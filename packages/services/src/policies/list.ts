import { POLICIES, type PolicyKind } from '@parley/contracts/policies';
import { POLICY_GROUP, POLICY_GROUPS, type PolicyGroup } from '@parley/domain/policies/groups';
import { POLICY_WORDS } from '@parley/domain/policies/words';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { POLICY_CHECKS } from './checks.ts';

const API_KINDS = ['rest', 'prompt', 'llm'] as const;
type ApiKind = (typeof API_KINDS)[number];

function apiKindsOf(kind: PolicyKind): ApiKind[] {
  const { restOnly, promptOnly, llmOnly, modelsOnly, notPrompts } = POLICY_CHECKS[kind] ?? {};
  if (restOnly !== undefined) return ['rest'];
  if (promptOnly !== undefined) return ['prompt'];
  if (llmOnly !== undefined) return ['llm'];
  if (notPrompts !== undefined) return ['rest', 'llm'];
  return modelsOnly === undefined ? [...API_KINDS] : ['prompt', 'llm'];
}

const KINDS = (Object.keys(POLICIES) as PolicyKind[]).map((kind) => ({
  kind,
  ...POLICY_WORDS[kind],
  group: POLICY_GROUP[kind],
  apiKinds: apiKindsOf(kind),
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
        /** Kinds of API that can have it. */
        apiKinds: z.array(z.enum(API_KINDS)),
        /** JSON Schema 2020-12 of its settings as they are written; defaults are named in it. */
        schema: z.record(z.string(), z.json()),
      }),
    ),
  }),
  run: () => Promise.resolve({ items: KINDS }),
});
