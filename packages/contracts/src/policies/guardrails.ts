import { z } from 'zod';
import { answerSchemaPolicy, toolRule } from './guardrail-answers.ts';
import { judgePolicy, moderationPolicy } from './guardrail-models.ts';

/** Kinds of personal data with a check of their own; the last three are guesses, and off unless named. */
export const PERSONAL_KINDS = [
  'card',
  'iban',
  'email',
  'phone',
  'nationalId',
  'birthDate',
  'ip',
  'mac',
  'cryptoAddress',
  'passport',
  'name',
  'address',
] as const;
export type PersonalKind = (typeof PERSONAL_KINDS)[number];

const USUAL_KINDS = PERSONAL_KINDS.slice(0, 9);

/** Where a check looks: what callers send, what tools and documents give the model, what it answers, what it gives tools. */
export const GUARD_PLACES = ['input', 'toolResults', 'output', 'toolArguments'] as const;
export type GuardPlace = (typeof GUARD_PLACES)[number];

const modes = z.enum(['observe', 'mask', 'block']);
const decides = z.enum(['observe', 'block']);
const places = z
  .array(z.enum(GUARD_PLACES))
  .min(1, 'Name at least one place.')
  .max(GUARD_PLACES.length)
  .default([...GUARD_PLACES])
  .describe('Where to look');
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Use up to 40 small letters, digits and hyphens.')
  .describe('Short name, as logs have it');
const phrase = z.string().trim().min(1, 'Write a word or phrase.').max(128, 'At most 128 characters.');
const phrases = z.array(phrase).min(1, 'Write at least one.').max(2000, 'At most 2,000 words and phrases.');
const share = z.number().min(0).max(1);

const personalData = z.strictObject({
  mode: modes.default('mask').describe('Only note it, hide it from the model and put it back, or refuse'),
  kinds: z
    .array(z.enum(PERSONAL_KINDS))
    .min(1, 'Name at least one kind.')
    .max(PERSONAL_KINDS.length)
    .default([...USUAL_KINDS])
    .describe('Kinds to look for; passport, name and address err more often'),
  on: places,
  allow: z
    .array(phrase)
    .max(500, 'At most 500.')
    .default([])
    .describe('Never found: whole values, or mail domains such as @example.com'),
});

const secrets = z.strictObject({
  mode: modes.default('block').describe('Only note it, hide it and put it back, or refuse'),
  on: places,
});

const injection = z.strictObject({
  mode: decides.default('block').describe('Only note it, or refuse'),
  threshold: share.default(0.7).describe('Score from which a caller’s own text counts, 0 to 1'),
  untrustedThreshold: share.default(0.5).describe('The same for documents and answers of tools'),
});

const wordList = z.strictObject({
  name,
  words: phrases.describe('Words and phrases, in any case'),
  mode: modes.default('block').describe('Only note it, hide it, or refuse'),
  on: places,
});

const pattern = z.strictObject({
  name,
  pattern: z
    .string()
    .min(1, 'Write a pattern.')
    .max(500, 'At most 500 characters.')
    .meta({ format: 'code' })
    .describe('Regular expression of RE2; a match counts up to 256 characters'),
  mode: modes.default('block').describe('Only note it, hide it, or refuse'),
  on: places,
});

const topic = z.strictObject({ name, phrases: phrases.describe('Words and phrases that show the topic') });
const topics = z
  .strictObject({
    mode: decides.default('block').describe('Only note it, or refuse'),
    deny: z.array(topic).max(50, 'At most 50 topics.').default([]).describe('Not to be talked about'),
    allow: z
      .array(topic)
      .max(50, 'At most 50 topics.')
      .default([])
      .describe('If any: questions must show one of these'),
  })
  .refine(({ deny, allow }) => deny.length + allow.length > 0, { path: ['deny'], error: 'Name a topic.' });

const grounding = z.strictObject({
  mode: decides.default('observe').describe('Only note it, or refuse'),
  threshold: share.default(0.6).describe('Least share of an answer’s sentences that documents must bear out'),
});

const residency = z.strictObject({
  name,
  kinds: z
    .array(z.enum([...PERSONAL_KINDS, 'secret', 'any']))
    .min(1, 'Name a kind.')
    .max(PERSONAL_KINDS.length + 2)
    .describe('Calls that hold any of these, or all calls'),
  providers: z.array(z.string().min(1).max(80)).max(50).default([]).describe('May go to these providers only'),
  regions: z.array(z.string().min(1).max(80)).max(50).default([]).describe('May go to these regions only'),
});

/** What calls to models may hold, and what their answers may. */
export const guardrailsPolicy = z.strictObject({
  personalData: personalData.optional().describe('Cards, accounts, addresses, ids and the like'),
  secrets: secrets.optional().describe('Keys, tokens, passwords'),
  injection: injection.optional().describe('Texts that try to turn the model'),
  judge: judgePolicy.optional().describe('What one of your models makes of texts'),
  moderation: moderationPolicy.optional().describe('What a moderation model makes of texts'),
  words: z.array(wordList).max(50, 'At most 50 lists.').default([]).describe('Lists of words'),
  patterns: z.array(pattern).max(50, 'At most 50 patterns.').default([]).describe('Patterns'),
  topics: topics.optional().describe('Topics by their words'),
  answerSchema: answerSchemaPolicy.optional().describe('The form that answers must have'),
  tools: z.array(toolRule).max(50, 'At most 50 rules.').default([]).describe('What models may give tools'),
  grounding: grounding.optional().describe('Whether documents bear out the answer'),
  residency: z.array(residency).max(50, 'At most 50 rules.').default([]).describe('Which data may go where'),
  onFailure: z
    .enum(['block', 'open'])
    .default('block')
    .describe('What happens if a check fails or has too much to do: refuse, or let pass and note it'),
  maxCharacters: z
    .number()
    .int()
    .min(1000)
    .max(4_000_000)
    .default(1_000_000)
    .describe('Most characters of one call that are checked; more is a failure'),
});
export type GuardrailsPolicy = z.output<typeof guardrailsPolicy>;
export type GuardrailsPolicyInput = z.input<typeof guardrailsPolicy>;
