import { z } from 'zod';
import { callPredicate } from '../route-match.ts';

/** Shares of traffic are counted in basis points: 10,000 are all of it. */
export const WHOLE = 10_000;

const share = z
  .number()
  .int('A whole number of basis points.')
  .min(0)
  .max(WHOLE, 'At most 10000, which is all.')
  .meta({ unit: 'basisPoints' });
const variantName = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Small letters, digits and dashes, at most 40.');
const upstreamSlug = z.string().min(1, 'Choose an upstream.').max(63).meta({ refersTo: 'upstream' });

const variant = z.strictObject({
  name: variantName.describe('Name of the variant, as usage shows it'),
  upstream: upstreamSlug.describe('Short name of the upstream that answers'),
  weight: share.default(0).describe('Its share of the calls in basis points; 10000 are all'),
});

const splitKey = z.strictObject({
  on: z
    .enum(['random', 'header', 'application', 'cookie', 'pathParameter'])
    .default('random')
    .describe('What decides; anything but random gives the same variant to the same value'),
  name: z.string().trim().max(100).default('').describe('Name of the header, cookie or path parameter'),
  seed: z.string().max(100).default('').describe('Splits with different seeds divide callers independently'),
});

const condition = z.strictObject({
  variant: variantName.describe('Variant of the calls that fit'),
  when: z
    .array(callPredicate)
    .min(1, 'Say when: add a condition.')
    .max(10, 'At most 10 conditions.')
    .describe('All must hold'),
});

const mirrored = z.strictObject({
  upstream: upstreamSlug.describe('Short name of the upstream that gets copies'),
  share: share.default(WHOLE).describe('Share of the calls that are copied, in basis points'),
  maxBodyBytes: z.number().int().min(0).max(65_536).default(65_536).describe('Calls with larger bodies are not copied'),
});

/** How a new variant gets its share, and when it loses it. */
export const canaryPlan = z.strictObject({
  variant: variantName.describe('The new variant; its own weight is 0'),
  steps: z
    .array(share.min(1, 'At least 1.'))
    .min(1, 'Add a step.')
    .max(20, 'At most 20 steps.')
    .default([100, 500, 2500, 5000])
    .describe('Its shares, one after another, in basis points; it stays at the last'),
  everySeconds: z.number().int().min(1).max(604_800).default(600).describe('How long each step takes'),
  rollback: z
    .strictObject({
      errorRatePercent: z
        .number()
        .min(0)
        .max(100)
        .default(5)
        .describe('Percentage points by which its error rate may exceed that of the others'),
      latencyP95Ratio: z
        .number()
        .min(1)
        .max(100)
        .default(1.5)
        .describe('Its 95th percentile of latency may be so many times that of the others'),
      minCalls: z
        .number()
        .int()
        .min(1)
        .max(100_000)
        .default(50)
        .describe('Calls of the last minute before it is judged'),
    })
    .prefault({})
    .describe('When it is taken back by itself'),
  attempt: z.number().int().min(1).max(1000).default(1).describe('Raise it to try again after it was taken back'),
});
export type CanaryPlan = z.output<typeof canaryPlan>;

const SPLIT = {
  variants: z
    .array(variant)
    .max(10, 'At most 10 variants.')
    .default([])
    .describe('Upstreams among which calls are split'),
  by: splitKey.prefault({}).describe('What decides which variant a call gets'),
  conditions: z
    .array(condition)
    .max(20, 'At most 20 rules.')
    .default([])
    .describe('Asked first, in order: calls that fit get the named variant, whatever the weights'),
  canary: canaryPlan.optional().describe('Brings a variant in step by step, and takes it back when it does badly'),
  mirror: mirrored.optional().describe('Sends copies of calls to another upstream; their answers are thrown away'),
} as const;

type SplitOut = z.output<z.ZodObject<typeof SPLIT>>;
type Problem = readonly [path: (string | number)[], message: string];

/** What no field alone can judge. */
function problems({ variants, by, conditions, mirror, canary }: SplitOut): Problem[] {
  const found: Problem[] = [];
  const names = variants.map(({ name }) => name);
  names.forEach((name, at) => {
    if (names.indexOf(name) !== at) found.push([['variants', at, 'name'], 'Each variant needs a name of its own.']);
  });
  conditions.forEach(({ variant: name }, at) => {
    if (!names.includes(name)) found.push([['conditions', at, 'variant'], `There is no variant “${name}”.`]);
  });
  const sum = variants.reduce((total, { weight }) => total + weight, 0);
  if (variants.length > 0 && sum !== WHOLE) {
    found.push([['variants'], `The weights add up to ${sum}; they must add up to ${WHOLE}.`]);
  }
  const own = variants.find(({ name }) => name === canary?.variant);
  if (canary && !own) found.push([['canary', 'variant'], `There is no variant “${canary.variant}”.`]);
  if (own && own.weight !== 0) {
    found.push([['canary', 'variant'], `The weight of “${own.name}” must be 0: the steps say its share.`]);
  }
  if (variants.length === 0 && !mirror) found.push([['variants'], 'Add a variant, or a mirror.']);
  if (by.name === '' && (by.on === 'header' || by.on === 'cookie' || by.on === 'pathParameter')) {
    found.push([['by', 'name'], 'Say its name.']);
  }
  return found;
}

/**
 * How the calls of an endpoint are spread over several upstreams (canary by weight, A/B by a stable key, blue/green by
 * moving all weight), and what else gets a copy of them. REST APIs only.
 */
export const splitPolicy = z.strictObject(SPLIT).superRefine((policy, context) => {
  for (const [path, message] of problems(policy)) context.addIssue({ code: 'custom', path, message });
});
export type SplitPolicy = z.output<typeof splitPolicy>;
