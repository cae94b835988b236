import { z } from 'zod';

/** What a failure of a model is, as far as another may be asked instead. */
export const MODEL_FAILURES = ['unavailable', 'limited', 'timeout', 'contextWindow', 'contentPolicy'] as const;
export type ModelFailure = (typeof MODEL_FAILURES)[number];

const modelName = z.string().trim().min(1, 'Name a model.').max(120);

const target = z.strictObject({
  model: modelName.describe('Short name of a model of this tenant'),
  weight: z
    .number()
    .int('A whole number.')
    .min(0)
    .max(10_000)
    .default(1)
    .describe('Its share of the calls, in proportion to the others’; for the strategy “weighted”'),
  when: z
    .string()
    .trim()
    .max(2000)
    .default('')
    .meta({ format: 'code' })
    .describe('CEL over the request; where it does not hold, the model is left out'),
  route: z
    .string()
    .trim()
    .max(40)
    .default('')
    .describe('Where the name chooses by meaning: the route it answers; empty for calls that fit none'),
});
export type ModelTarget = z.output<typeof target>;

export const MODEL_STRATEGIES = ['ordered', 'weighted', 'cheapest', 'fastest', 'leastBusy'] as const;
export type ModelStrategy = (typeof MODEL_STRATEGIES)[number];

const semanticRoute = z.strictObject({
  name: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Small letters, digits and hyphens, 40 at most.')
    .describe('Name of the route; targets say which they answer'),
  examples: z
    .array(z.string().trim().min(1, 'Write an example.').max(500, 'At most 500 characters.'))
    .min(1, 'Give at least one example.')
    .max(50, 'At most 50 examples.')
    .describe('What users say who are meant'),
});

const semantic = z
  .strictObject({
    routes: z
      .array(semanticRoute)
      .min(1, 'Name at least one route.')
      .max(20, 'At most 20 routes.')
      .describe('Kinds of questions, each with examples'),
    embedding: z
      .string()
      .trim()
      .min(1, 'Name a model, or “offline”.')
      .max(120)
      .default('offline')
      .describe('Short name of an embedding model of this tenant, or “offline”: by spelling, without asking anybody'),
    threshold: z
      .number()
      .min(0.05, 'At least 0.05.')
      .max(1)
      .default(0.4)
      .describe('How close a question must be to a route at least, 0 to 1; else it fits none'),
    withinMs: z
      .number()
      .int()
      .min(20)
      .max(5000)
      .default(300)
      .describe('How long choosing may take, in milliseconds; then it fits none'),
  })
  .superRefine(({ routes }, context) => {
    const names = routes.map(({ name }) => name);
    names.forEach((name, at) => {
      if (names.indexOf(name) !== at)
        context.addIssue({ code: 'custom', path: ['routes', at, 'name'], message: 'This name stands above already.' });
    });
  });
export type SemanticRouting = z.output<typeof semantic>;

const alias = z.strictObject({
  name: modelName.describe('Name callers use; a model’s own name puts this in its place'),
  strategy: z
    .enum(MODEL_STRATEGIES)
    .default('ordered')
    .describe('Which model is asked first; the others follow if it fails'),
  targets: z
    .array(target)
    .min(1, 'Name at least one model.')
    .max(20, 'At most 20 models.')
    .describe('The models behind it'),
  sticky: z
    .enum(['none', 'application', 'user', 'conversation'])
    .default('none')
    .describe('For “weighted”: what always gets the same model'),
  semantic: semantic.optional().describe('Chooses among the models by what the user’s last turn is about'),
});
export type ModelAlias = z.output<typeof alias>;

const hedge = z.strictObject({
  afterMs: z
    .number()
    .int()
    .min(50, 'At least 50 ms: sooner, every call would be made twice.')
    .max(120_000)
    .describe(
      'How long the first may take to begin its answer, in milliseconds, before a second try is made beside it',
    ),
  maxShare: z
    .number()
    .min(0.001)
    .max(1)
    .default(0.1)
    .describe('Share of the calls that may be made twice, over ten seconds: an outage is not doubled'),
});

/** How calls to models are spread, repeated, and answered by another model when one fails. */
export const modelRoutingPolicy = z
  .strictObject({
    aliases: z
      .array(alias)
      .max(50, 'At most 50 names.')
      .default([])
      .describe('Names that stand for one of several models'),
    tries: z
      .number()
      .int()
      .min(1)
      .max(5, 'At most 5 tries.')
      .default(2)
      .describe('How often one model is asked before the next, or in all where there is no other'),
    maxWaitMs: z
      .number()
      .int()
      .min(0)
      .max(60_000)
      .default(5000)
      .describe('Longest wait between two tries in milliseconds; a provider that asks for more is not waited for'),
    fallbackOn: z
      .array(z.enum(MODEL_FAILURES))
      .max(MODEL_FAILURES.length)
      .default(['unavailable', 'limited', 'timeout', 'contextWindow'])
      .describe('After which failures the next model is asked'),
    firstTokenMs: z
      .number()
      .int()
      .min(100)
      .max(600_000)
      .optional()
      .describe('A streamed answer that has not begun by then is a time-out, in milliseconds'),
    hedge: hedge
      .optional()
      .describe('Asks another model, or the same with another key, while the first has not begun to answer'),
    resume: z
      .boolean()
      .default(false)
      .describe(
        'A streamed text that its provider breaks off is gone on with by the next model, or the same once more',
      ),
    unsupported: z
      .enum(['adapt', 'refuse', 'drop'])
      .default('adapt')
      .describe('Fields a model cannot be told: “adapt” drops hints and refuses the rest, “refuse” all, “drop” none'),
  })
  .superRefine(({ aliases }, context) => {
    const names = aliases.map(({ name }) => name);
    aliases.forEach(({ name, targets, strategy, semantic: by }, at) => {
      const routes = by?.routes.map((route) => route.name) ?? [];
      const issue = (path: (string | number)[], message: string): void =>
        context.addIssue({ code: 'custom', path: ['aliases', at, ...path], message });
      targets.forEach(({ route }, place) => {
        if (route !== '' && !routes.includes(route)) issue(['targets', place, 'route'], 'No route has this name.');
      });
      routes.forEach((route, place) => {
        if (!targets.some((target) => target.route === route))
          issue(['semantic', 'routes', place, 'name'], 'No model answers this route: name it as the route of one.');
      });
      if (by !== undefined && targets.every(({ route }) => route !== ''))
        issue(['targets'], 'Leave one model without a route: it answers calls that fit none.');
      if (names.indexOf(name) !== at) {
        context.addIssue({ code: 'custom', path: ['aliases', at, 'name'], message: 'This name stands above already.' });
      }
      if (strategy === 'weighted' && targets.every(({ weight }) => weight === 0)) {
        context.addIssue({
          code: 'custom',
          path: ['aliases', at, 'targets'],
          message: 'Give at least one model a weight.',
        });
      }
    });
  });
export type ModelRoutingPolicy = z.output<typeof modelRoutingPolicy>;
