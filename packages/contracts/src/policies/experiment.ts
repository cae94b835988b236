import { z } from 'zod';
import { WHOLE } from './split.ts';

/** A name that leads to a version of a prompt. */
export const promptLabelSchema = z
  .string()
  .trim()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'Small letters, digits and dashes, beginning with a letter; at most 40.');

const variant = z.strictObject({
  name: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Small letters, digits and dashes, at most 40.')
    .describe('Name of the variant, as usage and results show it'),
  promptVersion: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Number of the prompt’s version; without it and a label, the one the API serves'),
  label: promptLabelSchema.optional().describe('Follows a label of the prompt in place of a number'),
  model: z
    .string()
    .min(1, 'Choose a model.')
    .max(120)
    .optional()
    .describe('Short name of another model than the prompt’s own'),
  weight: z
    .number()
    .int('A whole number of basis points.')
    .min(0)
    .max(WHOLE, 'At most 10000, which is all.')
    .meta({ unit: 'basisPoints' })
    .describe('Its share of the calls in basis points; 10000 are all'),
});
export type ExperimentVariant = z.output<typeof variant>;

const EXPERIMENT = {
  variants: z
    .array(variant)
    .min(2, 'An experiment compares at least two variants.')
    .max(10, 'At most 10 variants.')
    .describe('What is tried against what'),
  by: z
    .strictObject({
      on: z
        .enum(['application', 'header', 'variable', 'random'])
        .default('application')
        .describe('What decides; anything but random gives the same variant to the same value'),
      name: z.string().trim().max(100).default('').describe('Name of the header or variable'),
      seed: z.string().max(100).default('').describe('Experiments with different seeds divide callers independently'),
    })
    .prefault({})
    .describe('What decides which variant a call gets'),
} as const;

/**
 * Versions of a prompt, or models, tried against each other on the calls of a prompt API. Calls that ask for a label are
 * not part of it.
 */
export const experimentPolicy = z.strictObject(EXPERIMENT).superRefine(({ variants, by }, context) => {
  const names = variants.map(({ name }) => name);
  const say = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  variants.forEach(({ name, promptVersion, label }, at) => {
    if (names.indexOf(name) !== at) say(['variants', at, 'name'], 'Each variant needs a name of its own.');
    if (promptVersion !== undefined && label !== undefined) {
      say(['variants', at, 'label'], 'Give a number or a label, not both.');
    }
  });
  const sum = variants.reduce((total, { weight }) => total + weight, 0);
  if (sum !== WHOLE) say(['variants'], `The weights add up to ${sum}; they must add up to ${WHOLE}.`);
  if (by.name === '' && (by.on === 'header' || by.on === 'variable')) say(['by', 'name'], 'Say its name.');
});
export type ExperimentPolicy = z.output<typeof experimentPolicy>;

/** Which labels of a prompt its callers may ask for. */
export const promptLabelsPolicy = z.strictObject({
  allow: z
    .array(promptLabelSchema)
    .min(1, 'Name a label.')
    .max(20, 'At most 20 labels.')
    .describe('Labels that callers may ask for with the header X-Parley-Prompt-Label'),
});
