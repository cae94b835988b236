import { policiesSchema, routePoliciesSchema } from '@parley/contracts/policies';
import { promptLabelSchema } from '@parley/contracts/policies/experiment';
import { routeMatchSchema, routeWhenSchema } from '@parley/contracts/route-match';
import { HTTP_METHODS } from '@parley/contracts/snapshot';
import { z } from 'zod';

/** Path of a route: `/users/{id}`, `/files/*`; segments of plain URL characters. */
const routePath = z
  .string()
  .trim()
  .max(500, 'At most 500 characters.')
  .regex(
    /^\/(?:(?:[A-Za-z0-9._~!$&'()+,;=:@%-]+|\{[a-zA-Z_][a-zA-Z0-9_]*\})(?:\/(?!$)|\/?$))*\*?$/,
    'A path like /orders/{id} or /files/*: it starts with a slash and holds no spaces, “?” or “#”.',
  )
  .refine((path) => !path.split('/').some((part) => part === '.' || part === '..'), 'Leave out “.” and “..”.');

export const routeInput = z.object({
  method: z.enum([...HTTP_METHODS, '*'], 'Choose a method, or * for any.'),
  path: routePath,
  summary: z.string().trim().max(200, 'At most 200 characters.').default(''),
  /** Short name of the upstream. */
  upstream: z.string().min(1, 'Choose an upstream.'),
  /** Path at the upstream with the same parameters; the caller's own path when not given. */
  upstreamPath: routePath.nullable().default(null),
  /** Conditions beside method and path. Of routes with the same address the first whose conditions hold answers. */
  match: routeMatchSchema.optional(),
  /** One more condition, in CEL. */
  when: routeWhenSchema.optional(),
  /** Laid over the version's policies; `null` switches one off here. */
  policies: routePoliciesSchema.optional(),
});

/** Policies that hold for the whole version. In a new definition, absent keeps those that are served. */
const policies = policiesSchema.optional();

/** What a version is to serve, by the kind of its API. */
export const definitionInput = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rest'),
    routes: z.array(routeInput).min(1, 'Add at least one route.').max(500, 'At most 500 routes.'),
    policies,
  }),
  z.object({
    kind: z.literal('prompt'),
    prompt: z.string().min(1, 'Choose a prompt.'),
    /** Number of the prompt's version; the latest when not given. */
    promptVersion: z.number().int().min(1).optional(),
    /** Follows a label of the prompt instead: the number is left out of account then. */
    promptLabel: promptLabelSchema.optional(),
    policies,
  }),
  z.object({
    kind: z.literal('llm'),
    models: z.array(z.string().min(1)).min(1, 'Choose at least one model.').max(200, 'At most 200 models.'),
    policies,
  }),
]);
export type DefinitionInput = z.output<typeof definitionInput>;

/** A definition as it leaves: with everything named in words a person knows. */
export const definitionOut = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rest'), routes: z.array(routeInput), policies }),
  z.object({
    kind: z.literal('prompt'),
    prompt: z.string(),
    promptVersion: z.number(),
    promptVersionId: z.uuid(),
    /** The label it follows; absent when it keeps to the version. */
    promptLabel: z.string().optional(),
    policies,
  }),
  z.object({ kind: z.literal('llm'), models: z.array(z.string()), policies }),
]);

/** A definition as a revision holds it. */
export const storedDefinitions = {
  rest: z.object({ routes: z.array(routeInput), policies }),
  /** With a label, the id is of the version it led to when this was saved: it names the prompt. */
  prompt: z.object({ promptVersionId: z.uuid(), promptLabel: z.string().optional(), policies }),
  llm: z.object({ models: z.array(z.string()), policies }),
} as const;

export type ApiKind = keyof typeof storedDefinitions;
export type StoredDefinition =
  | ({ kind: 'rest' } & z.output<typeof storedDefinitions.rest>)
  | ({ kind: 'prompt' } & z.output<typeof storedDefinitions.prompt>)
  | ({ kind: 'llm' } & z.output<typeof storedDefinitions.llm>);

/** Reads a revision's definition by the kind of its API. Throws when it is of another kind. */
export function readStored(kind: ApiKind, stored: unknown): StoredDefinition {
  switch (kind) {
    case 'rest':
      return { kind, ...storedDefinitions.rest.parse(stored) };
    case 'prompt':
      return { kind, ...storedDefinitions.prompt.parse(stored) };
    case 'llm':
      return { kind, ...storedDefinitions.llm.parse(stored) };
  }
}
