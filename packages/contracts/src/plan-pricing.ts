import { z } from 'zod';

/** What of calls a rule of a plan's price counts. Counted per call, summed over a month. */
export const METERS = [
  'requests',
  'inputTokens',
  'cachedInputTokens',
  'cacheWriteInputTokens',
  'outputTokens',
  'reasoningTokens',
  'totalTokens',
  'responseBytes',
  'cost',
] as const;
export type Meter = (typeof METERS)[number];

/** How a call ended, as far as its bill goes; `domain/rating/outcome` says which call is which. */
export const OUTCOMES = [
  'ok',
  'cached',
  'clientError',
  'serverError',
  'callerAborted',
  'upstreamCut',
  'refused',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Nano-units of the currency, at most a thousand million whole units. */
const nano = z
  .string()
  .regex(/^(0|[1-9]\d{0,17})$/, 'A whole number of nano-units (thousand-millionths of the currency), without a sign.');

/** Exact in a double, so that JSON carries it as a number. */
const units = z.int().min(0, 'Not below 0.').max(1_000_000_000_000_000, 'At most a thousand million million.');

const tiers = z
  .array(
    z.strictObject({
      upTo: units
        .min(1, 'At least 1.')
        .nullable()
        .describe('Last unit of this tier, counted from the first one that is charged; empty in the last tier.'),
      nanoPerMillion: nano.describe('Price of a million units in this tier, in nano-units.'),
      flatNano: nano.default('0').describe('Charged once when this tier is reached, in nano-units.'),
    }),
  )
  .min(1, 'Write at least one tier.')
  .max(20, 'At most 20 tiers.')
  .superRefine((list, context) => {
    for (const [index, { upTo }] of list.entries()) {
      const last = index === list.length - 1;
      const before = list[index - 1]?.upTo ?? 0;
      const message = last
        ? upTo !== null && 'The last tier has no end: what is beyond it needs a price too.'
        : upTo === null
          ? 'Only the last tier may be without an end.'
          : upTo <= before && 'Each tier ends after the one before it.';
      if (message) context.addIssue({ code: 'custom', path: [index, 'upTo'], message });
    }
  });

export const chargeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('perUnit'),
    nanoPerMillion: nano.describe('Price of a million units, in nano-units.'),
  }),
  z.strictObject({
    kind: z.literal('graduated'),
    tiers: tiers.describe('Each unit costs what its own tier says.'),
  }),
  z.strictObject({
    kind: z.literal('volume'),
    tiers: tiers.describe('All units cost what the tier of the last one says.'),
  }),
  z.strictObject({
    kind: z.literal('package'),
    size: units.min(1, 'At least 1.').describe('Units in a package.'),
    nano: nano.describe('Price of each package begun, in nano-units.'),
  }),
  z.strictObject({
    kind: z.literal('markup'),
    ppm: z
      .int()
      .min(0, 'Not below 0.')
      .max(100_000_000, 'At most a hundred times the cost.')
      .describe('What is charged, in millionths of the cost: 1200000 is the cost and 20 percent more.'),
  }),
]);
export type Charge = z.output<typeof chargeSchema>;
export type Tier = Extract<Charge, { kind: 'graduated' }>['tiers'][number];

export const pricingRuleSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Write up to 40 small letters, digits and hyphens.')
      .describe('Short name, the same in every line of an invoice that comes of this rule.'),
    name: z.string().trim().min(1, 'Write what customers read on the invoice.').max(80).describe('On the invoice.'),
    meter: z.enum(METERS).describe('What is counted.'),
    models: z
      .array(z.string().trim().min(1).max(120))
      .max(50, 'At most 50 models.')
      .default([])
      .describe('Only calls answered by these models; empty: all that no other rule with the same meter names.'),
    included: units.default(0).describe('Units per calendar month that cost nothing.'),
    charge: chargeSchema.describe('What the rest costs.'),
  })
  .refine(({ meter, charge }) => (meter === 'cost') === (charge.kind === 'markup'), {
    path: ['charge'],
    error: 'A cost is charged with a markup, and only a cost is.',
  });
export type PricingRule = z.output<typeof pricingRuleSchema>;

/** Which calls are billed. The defaults: whoever got an answer, or walked away from one, pays for it. */
export const OUTCOMES_BILLED_BY_DEFAULT: Readonly<Record<Outcome, boolean>> = {
  ok: true,
  cached: true,
  callerAborted: true,
  upstreamCut: false,
  clientError: false,
  serverError: false,
  refused: false,
};

const billed = (outcome: Outcome, which: string) =>
  z.boolean().default(OUTCOMES_BILLED_BY_DEFAULT[outcome]).describe(which);

const outcomesSchema = z.strictObject({
  ok: billed('ok', 'Answered as asked.'),
  cached: billed('cached', 'Answered from the cache.'),
  callerAborted: billed('callerAborted', 'The caller left before the answer was complete.'),
  upstreamCut: billed('upstreamCut', 'The service broke the answer off.'),
  clientError: billed('clientError', 'Answered with an error of the caller’s (4xx).'),
  serverError: billed('serverError', 'Answered with an error of the service’s (5xx).'),
  refused: billed('refused', 'Refused by the gateway before any service was asked.'),
});

/** Charges that the end of one call tells, whatever else was called in the month. */
const TOLD_PER_CALL: readonly Charge['kind'][] = ['perUnit', 'markup'];

/** One version of what a plan costs. Amounts are nano-units of the price version's currency, as decimal strings. */
export const planPricingSchema = z
  .strictObject({
    collection: z
      .enum(['invoice', 'prepaid'])
      .default('invoice')
      .describe('Paid afterwards by invoice, or taken from credit bought before.'),
    card: z
      .literal('required')
      .optional()
      .describe('Only who has left a card gets this plan; the fee for the rest of the month is paid with it.'),
    recurring: z
      .strictObject({ amountNano: nano.describe('Per calendar month, in nano-units.') })
      .optional()
      .describe('Fee per calendar month; of part of a month that part, by the millisecond.'),
    minimumNano: nano.optional().describe('Least that a calendar month costs, the fee counted in, in nano-units.'),
    trialDays: z
      .int()
      .min(0, 'Not below 0.')
      .max(366, 'At most 366 days.')
      .default(0)
      .describe('Days from the beginning of a subscription that cost nothing.'),
    rules: z
      .array(pricingRuleSchema)
      .max(20, 'At most 20 rules.')
      .default([])
      .describe('What calls cost. Nothing is charged twice by the same meter.'),
    outcomes: outcomesSchema.prefault({}).describe('Which calls are billed, by how they ended.'),
  })
  .superRefine((pricing, context) => {
    const refuse = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    const ids = new Set<string>();
    const taken = new Set<string>();
    for (const [index, rule] of pricing.rules.entries()) {
      if (ids.has(rule.id)) refuse(['rules', index, 'id'], 'Another rule has this short name.');
      ids.add(rule.id);
      for (const model of rule.models.length > 0 ? rule.models : [null]) {
        const what = `${rule.meter} ${model ?? ''}`;
        if (taken.has(what)) {
          const other = model === null ? 'every other model' : `“${model}”`;
          refuse(['rules', index, 'models'], `Another rule counts the same for ${other}.`);
        }
        taken.add(what);
      }
    }
    if (pricing.collection === 'prepaid')
      for (const { path, message } of againstPrepaid(pricing)) refuse(path, message);
  });
export type PlanPricing = z.output<typeof planPricingSchema>;

/** Credit is taken while calls are made: what only the end of a month tells cannot be taken from it. */
function againstPrepaid(pricing: {
  card?: unknown;
  recurring?: unknown;
  minimumNano?: unknown;
  trialDays: number;
  rules: readonly PricingRule[];
}): { path: PropertyKey[]; message: string }[] {
  const found: { path: PropertyKey[]; message: string }[] = [];
  const add = (path: PropertyKey[], message: string) => found.push({ path, message });
  if (pricing.card) add(['card'], 'A prepaid plan is paid from credit and needs no card.');
  if (pricing.recurring) add(['recurring'], 'A prepaid plan has no monthly fee; collect it by invoice.');
  if (pricing.minimumNano) add(['minimumNano'], 'A prepaid plan has no minimum; collect it by invoice.');
  if (pricing.trialDays > 0) add(['trialDays'], 'A prepaid plan has no trial; give promotional credit instead.');
  for (const [index, { included, charge, meter }] of pricing.rules.entries()) {
    const path = ['rules', index];
    if (included > 0) add([...path, 'included'], 'A prepaid plan includes nothing; give promotional credit instead.');
    if (!TOLD_PER_CALL.includes(charge.kind)) {
      add([...path, 'charge'], 'A prepaid plan charges per unit or a markup: the cost of a call must show at its end.');
    }
    if (meter === 'responseBytes') {
      add([...path, 'meter'], 'A prepaid plan cannot count bytes of answers: nobody knows them when a call is let in.');
    }
  }
  return found;
}
