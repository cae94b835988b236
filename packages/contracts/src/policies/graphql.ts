import { z } from 'zod';
import { jsonPointer, translatedInput } from './translated-input.ts';

/** A GraphQL name (GraphQL §2.1.9). */
const graphqlName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/, 'A GraphQL name.');

/**
 * Makes a route of one query or mutation that is written here: callers send plain REST, and only values of theirs reach the
 * GraphQL service, as variables. Fields that a route leaves out are the version's, so that a schema is given once.
 */
export const graphqlPolicy = z.strictObject({
  document: z
    .string()
    .min(1, 'Write the query.')
    .max(65_536, 'At most 65536 characters.')
    .optional()
    .describe('The query or mutation, with its fragments'),
  operationName: graphqlName.optional().describe('Which operation of the document is meant, where it has several'),
  variables: z
    .array(translatedInput)
    .max(100, 'At most 100 variables.')
    .optional()
    .describe('Where the values of the variables come from'),
  result: jsonPointer
    .optional()
    .describe('JSON pointer into “data” of what is answered, such as /order; all of it if empty'),
  whenNull: z
    .enum(['notFound', 'answer'])
    .optional()
    .describe('When what “result” points to is null: 404, or the answer null; 404 if not set'),
  partial: z
    .enum(['answer', 'refuse'])
    .optional()
    .describe('Answers with data and errors: give the data with the header x-parley-partial, or 502; given if not set'),
  statuses: z
    .record(z.string().min(1).max(100), z.number().int().min(400, 'From 400.').max(599, 'At most 599.'))
    .optional()
    .describe('Status for each code of an error (extensions.code); others are 502'),
  schema: z
    .string()
    .max(400_000, 'At most 400000 characters.')
    .optional()
    .describe(
      'The service’s schema: SDL, or the JSON of an introspection query. Checks the query, describes the answer',
    ),
  maxAnswerKb: z
    .number()
    .int()
    .min(1)
    .max(8192, 'At most 8192 (8 MiB).')
    .optional()
    .describe('Kilobytes of the largest answer that is read; 1024 if not set'),
});
export type GraphqlPolicy = z.output<typeof graphqlPolicy>;
