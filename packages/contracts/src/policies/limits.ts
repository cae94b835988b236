import { z } from 'zod';
import { TAG_NAME } from '../attribution.ts';

/**
 * Whose calls are counted together. Within each application by itself: all, those of each `key`, on each `route`, to each
 * `model`, for each end `user` and each value of a `tag` (contracts/attribution). Over several applications: those of a
 * `team`, of a `tenant` that subscribes, from an `address`, and on the `api` all together.
 */
export const LIMIT_SCOPES = [
  'application',
  'key',
  'route',
  'address',
  'api',
  'team',
  'tenant',
  'model',
  'user',
  'tag',
] as const;
export type LimitScope = (typeof LIMIT_SCOPES)[number];

/** Scopes that count over several applications. */
export const WIDE_SCOPES: ReadonlySet<LimitScope> = new Set(['address', 'api', 'team', 'tenant']);

/** Calendar periods, and `total`: from the first call on, for good. */
export const QUOTA_PERIODS = ['day', 'week', 'month', 'total'] as const;

/** Callers make up as many of these as they like: nothing of theirs is kept for good. */
const ENDLESS_SCOPES: ReadonlySet<LimitScope> = new Set(['address', 'user', 'tag']);

const amount = (what: string) => z.int().min(1).max(1_000_000_000_000).describe(what);

/** What a limit can count of a call before it is made, and what only its end tells: tokens in and out, and their cost. */
const COUNTED_BEFORE = ['requests', 'requestBytes'] as const;
const COUNTED_AFTER = ['tokens', 'cost'] as const;

const scope = z.enum(LIMIT_SCOPES).default('application').describe('Whose calls are counted together.');

const tag = z
  .string()
  .regex(TAG_NAME, 'Write up to 40 small letters, digits, `_`, `.` and `-`.')
  .optional()
  .describe('With the scope `tag`: which tag of `Parley-Tags` it counts by.');

const subject = {
  scope,
  tag,
  what: z.enum(COUNTED_BEFORE).default('requests').describe('What is counted: calls, or the bytes of their bodies.'),
};

const meteredSubject = {
  scope,
  tag,
  what: z
    .enum([...COUNTED_BEFORE, ...COUNTED_AFTER])
    .default('requests')
    .describe(
      'What is counted: calls, the bytes of their bodies, or of calls to models their tokens in and out, or their cost in millionths of the currency.',
    ),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'Write three capital letters, as in `EUR`.')
    .default('USD')
    .describe('Of a cost: the currency of the models’ prices. Calls priced in another are refused.'),
};

const manner = {
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Write up to 40 small letters, digits and hyphens.')
    .optional()
    .describe('Its name in the RateLimit headers; tells apart limits that are alike otherwise.'),
  shadow: z.boolean().default(false).describe('Only count and report what it would refuse; refuse nothing.'),
  whenStoreIsDown: z
    .enum(['refuse', 'allow'])
    .default('refuse')
    .describe('What happens to calls while the store of counters cannot be reached.'),
};

/** Seconds; a window of a day at most keeps counters exact, longer times are quotas. */
const periodSeconds = z.int().min(1).max(86_400).default(60).describe('How long the time is that the amount is for.');

const windowLimit = z.strictObject({
  algorithm: z.literal('window'),
  amount: amount('How much is allowed in each window; windows begin at full periods of the clock.'),
  periodSeconds,
  ...meteredSubject,
  ...manner,
});

const slidingLimit = z.strictObject({
  algorithm: z.literal('sliding'),
  amount: amount('How much is allowed in any stretch of the period’s length.'),
  periodSeconds,
  ...subject,
  ...manner,
});

const gcraLimit = z
  .strictObject({
    algorithm: z.literal('gcra'),
    amount: amount('How much is allowed in a period, evenly spread.'),
    periodSeconds,
    burst: amount('How much may come at once after a quiet time.'),
    ...subject,
    ...manner,
  })
  .refine(({ burst, periodSeconds: seconds }) => burst * seconds * 1000 <= 4e15, {
    path: ['burst'],
    error: 'A burst this large over a period this long cannot be counted exactly; shorten the period.',
  });

const quotaLimit = z.strictObject({
  algorithm: z.literal('quota'),
  amount: amount('How much is allowed in each day, week or month, or in total.'),
  every: z
    .enum(QUOTA_PERIODS)
    .default('month')
    .describe('The calendar period, in the publisher’s time zone; `total` never begins anew.'),
  ...meteredSubject,
  ...manner,
});

const concurrencyLimit = z.strictObject({
  algorithm: z.literal('concurrency'),
  amount: z.int().min(1).max(100_000).describe('How many calls may run at the same time.'),
  scope,
  tag,
  ...manner,
});

export const limitRuleSchema = z.discriminatedUnion('algorithm', [
  windowLimit,
  slidingLimit,
  gcraLimit,
  quotaLimit,
  concurrencyLimit,
]);
export type LimitRule = z.output<typeof limitRuleSchema>;

/** Names the counter of a rule among those of its policy: what changes it begins a new count. */
export function limitIdentity(rule: LimitRule): string {
  const whose = rule.tag === undefined ? rule.scope : `${rule.scope}-${rule.tag}`;
  return `${rule.name ?? ''}.${rule.algorithm}.${countedBy(rule)}${currencyOf(rule) ?? ''}.${whose}.${spanOf(rule)}`;
}

export type Counted = (typeof COUNTED_BEFORE)[number] | (typeof COUNTED_AFTER)[number] | 'running';

/** What a rule counts. */
export function countedBy(rule: LimitRule): Counted {
  return rule.algorithm === 'concurrency' ? 'running' : rule.what;
}

/** What a rule counts costs in; `null` for one that counts something else. */
export function currencyOf(rule: LimitRule): string | null {
  return 'currency' in rule && rule.what === 'cost' ? rule.currency : null;
}

/** Whether only the end of a call tells how much of it counts: until then it counts with what it may be at most. */
export function isMetered(counted: Counted): boolean {
  return counted === 'tokens' || counted === 'cost';
}

/**
 * Whether a rule's counter is restored from usage events when the store has lost it: what spends an amount over a period.
 * Events know no addresses; what counts calls of seconds or minutes begins anew.
 */
export function isRestored(rule: LimitRule): boolean {
  if (rule.scope === 'address') return false;
  return rule.algorithm === 'quota' || (rule.algorithm === 'window' && isMetered(rule.what));
}

/** `month`, `60s`, or `now` for what runs at the same time. */
export function spanOf(rule: LimitRule): string {
  if (rule.algorithm === 'concurrency') return 'now';
  return rule.algorithm === 'quota' ? rule.every : `${rule.periodSeconds}s`;
}

/** What becomes of a call to a model that may take more tokens or cost than is left, where a smaller one would fit. */
export const WHEN_SHORT = ['refuse', 'lowerOutput', 'cheaperModel'] as const;
export type WhenShort = (typeof WHEN_SHORT)[number];
/** Where nothing is said, answers are not made shorter than this. */
export const LEAST_OUTPUT_TOKENS = 256;

const LIMITS = {
  rules: z
    .array(limitRuleSchema)
    .max(16, 'At most 16 limits.')
    .superRefine((rules, context) => {
      for (const [i, rule] of rules.entries()) {
        if ((rule.scope === 'tag') !== (rule.tag !== undefined)) {
          const message = rule.scope === 'tag' ? 'Say which tag it counts by.' : 'Only the scope `tag` has a tag.';
          context.addIssue({ code: 'custom', path: [i, 'tag'], message });
        }
        if (rule.algorithm === 'quota' && rule.every === 'total' && ENDLESS_SCOPES.has(rule.scope)) {
          const message = 'What is counted by address, user or tag has to begin anew: choose a day, week or month.';
          context.addIssue({ code: 'custom', path: [i, 'every'], message });
        }
      }
    })
    .refine((rules) => new Set(rules.map(limitIdentity)).size === rules.length, {
      error: 'Two limits count the same thing: drop one, or give them different names.',
    })
    .refine((rules) => new Set(rules.map(currencyOf).filter((currency) => currency !== null)).size < 2, {
      error: 'Limits of costs must all be in one currency.',
    })
    .describe('All of them hold, with those of the caller’s plan: a call that one refuses counts in none.'),
  whenShort: z
    .enum(WHEN_SHORT)
    .optional()
    .describe(
      'What becomes of a call to a model that does not fit into what is left of a limit on tokens or cost, or of a budget, but might: it is refused (as where nothing is said), the longest answer it asks for is lowered until it fits, or it goes to a cheaper model behind the same name.',
    ),
  leastOutputTokens: z
    .int()
    .min(16, 'Write at least 16: providers take no less.')
    .max(1_000_000)
    .optional()
    .describe(
      `With \`lowerOutput\`: calls are refused rather than left fewer tokens for their answer; ${LEAST_OUTPUT_TOKENS} where nothing is said.`,
    ),
};

/** How often and how much may be called, beside the limits of the caller's plan. A call needs room in all of them. */
export const limitsPolicy = z.strictObject(LIMITS).superRefine(({ rules, whenShort, leastOutputTokens }, context) => {
  // What falls short may be a budget.
  if (rules.length === 0 && (whenShort ?? 'refuse') === 'refuse') {
    context.addIssue({ code: 'custom', path: ['rules'], message: 'Write at least one limit.' });
  }
  if (leastOutputTokens !== undefined && whenShort !== 'lowerOutput') {
    const message = 'Only `lowerOutput` lowers answers: choose it, or leave this out.';
    context.addIssue({ code: 'custom', path: ['leastOutputTokens'], message });
  }
});
export type LimitsPolicy = z.output<typeof limitsPolicy>;
