import { z } from 'zod';
import { bodyMapping, headerChanges, valueTemplate } from './mapping.ts';

const parameterName = z.string().min(1, 'Say its name.').max(100, 'At most 100 characters.');
const few = (record: Readonly<Record<string, unknown>>): boolean => Object.keys(record).length <= 50;

const queryChanges = z.strictObject({
  set: z
    .record(parameterName, valueTemplate)
    .refine(few, 'At most 50.')
    .default({})
    .describe('Parameters and their values; {request.headers.name} and the like are filled in'),
  remove: z.array(parameterName).max(50, 'At most 50.').default([]).describe('Parameters that go no further'),
  rename: z
    .record(parameterName, parameterName)
    .refine(few, 'At most 50.')
    .default({})
    .describe('Old names and the new ones; done first'),
});
export type QueryChanges = z.output<typeof queryChanges>;

const requestChanges = z.strictObject({
  headers: headerChanges.optional().describe('Headers the upstream gets'),
  query: queryChanges.optional().describe('Query parameters the upstream gets'),
  body: bodyMapping.optional().describe('The body the upstream gets'),
});

/** A status, or all that begin with one digit. */
const statusPattern = z.string().regex(/^[2-5](?:xx|\d\d)$/, 'A status or a class of them, like 404 or 2xx.');

const answerRule = z.strictObject({
  statuses: z
    .array(statusPattern)
    .max(20, 'At most 20.')
    .default([])
    .describe('The upstream’s statuses it is for, like 404 or 2xx; empty is for all'),
  when: z
    .string()
    .max(2000, 'At most 2,000 characters.')
    .default('')
    .describe('A condition in CEL that must hold as well, like response.headers["x-kind"] == "list"'),
  status: z
    .number()
    .int()
    .min(200)
    .max(599)
    .refine((status) => status !== 204 && status !== 205 && status !== 304, 'Answers with this status have no body.')
    .optional()
    .describe('The status callers get instead'),
  headers: headerChanges.optional().describe('Headers callers get'),
  body: bodyMapping.optional().describe('The body callers get'),
});
export type AnswerRule = z.output<typeof answerRule>;

/**
 * Changes what goes to a REST upstream, and what callers get of its answer. Requests are changed after they are held to
 * the contract, answers before: the contract is about what callers see.
 */
export const transformPolicy = z
  .strictObject({
    request: requestChanges.optional().describe('What is changed on the way to the upstream'),
    responses: z
      .array(answerRule)
      .max(20, 'At most 20 rules.')
      .default([])
      .describe('What is changed on the way back: an answer follows the first rule that is for it'),
  })
  .refine(({ request, responses }) => request !== undefined || responses.length > 0, {
    path: ['request'],
    message: 'Say what is to be changed, of requests or of answers.',
  });
export type TransformPolicy = z.output<typeof transformPolicy>;
