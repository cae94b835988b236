import { z } from 'zod';

/** Kinds of parties (PT-1.2). */
export const PARTY_KINDS = ['user', 'service', 'agent', 'model'] as const;

/** What can be done (PT-4.2). */
export const ACTIONS = [
  'api:read',
  'api:write',
  'prompt:run',
  'model:ask',
  'model:list',
  'session:read',
  'session:append',
  'session:edit',
  'session:fork',
  'session:archive',
  'session:export',
  'session:delete',
  'token:exchange',
  'session:create',
] as const;
export type Action = (typeof ACTIONS)[number];
const ACTION_PATTERNS = [...ACTIONS, 'api:*', 'prompt:*', 'model:*', 'session:*', 'token:*', '*'] as const;

/** Ids of parties within a token (PT-3.1). */
export const partyIdSchema = z.string().regex(/^[A-Za-z0-9._@:-]{1,64}$/, 'An id has 1 to 64 of A-Z a-z 0-9 . _ @ : -');
/** Roles, stages, tiers (PT-3.1). */
export const nameSchema = z.string().regex(/^[a-z0-9_-]{1,40}$/, 'A name has 1 to 40 of a-z 0-9 _ -');
const resourceSchema = z
  .string()
  .regex(/^(?:api|model|session|party):[!-~]{1,250}$/, 'A resource is api:…, model:…, session:… or party:…')
  .refine((text) => !text.slice(0, -2).includes('**'), '** stands at the end only');
const names = z.array(nameSchema).min(1).max(16);
const kinds = z.array(z.enum(PARTY_KINDS)).min(1).max(4);

/** When a permission holds (PT-4.4): all that are given. */
export const conditionSchema = z.strictObject({
  stages: names.optional(),
  present: names.optional(),
  kindsPresent: kinds.optional(),
  absent: names.optional(),
});
export type Condition = z.output<typeof conditionSchema>;

/** What a party may do while it acts (PT-4.1). */
export const permissionSchema = z.strictObject({
  name: z.string().min(1).max(80).optional(),
  actions: z.array(z.enum(ACTION_PATTERNS)).min(1).max(20),
  resources: z.array(resourceSchema).min(1).max(20),
  when: conditionSchema.optional(),
});
export type Permission = z.output<typeof permissionSchema>;

/** A row of the table over all parties (PT-4.3). */
export const ruleSchema = permissionSchema.extend({
  effect: z.enum(['allow', 'deny']),
  who: z
    .strictObject({
      kinds: kinds.optional(),
      roles: names.optional(),
      ids: z.array(partyIdSchema).min(1).max(16).optional(),
    })
    .optional(),
});
export type Rule = z.output<typeof ruleSchema>;
