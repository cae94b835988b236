import { z } from 'zod';

const schemaText = z
  .string()
  .trim()
  .min(2, 'Write a JSON Schema.')
  .max(50_000, 'At most 50,000 characters.')
  .meta({ format: 'code' });

/** What a whole answer has to be. */
export const answerSchemaPolicy = z.strictObject({
  schema: schemaText.describe(
    'JSON Schema, as JSON, that the text of answers has to fit; what only calls tools is left alone',
  ),
  mode: z
    .enum(['observe', 'repair', 'block'])
    .default('block')
    .describe('Only note it; ask the model once more (answers that are not streamed), then refuse; or refuse'),
});
export type AnswerSchemaPolicy = z.output<typeof answerSchemaPolicy>;

/** What a model may give tools. */
export const toolRule = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Use up to 40 small letters, digits and hyphens.')
      .describe('Short name, as logs have it'),
    tools: z
      .array(z.string().trim().min(1, 'Name a tool.').max(128))
      .min(1, 'Name a tool.')
      .max(100, 'At most 100 tools.')
      .default(['*'])
      .describe('Names of the tools it holds for; * for all'),
    forbid: z
      .array(z.string().min(1, 'Write a pattern.').max(500, 'At most 500 characters.').meta({ format: 'code' }))
      .max(20, 'At most 20 patterns.')
      .default([])
      .describe('Regular expressions of RE2 that no text in the arguments may match'),
    schema: schemaText.optional().describe('JSON Schema, as JSON, that the arguments have to fit'),
    mode: z.enum(['observe', 'block']).default('block').describe('Only note it, or refuse'),
  })
  .refine(({ forbid, schema }) => forbid.length > 0 || schema !== undefined, {
    path: ['forbid'],
    error: 'Forbid a pattern, or write a schema.',
  });
export type ToolRule = z.output<typeof toolRule>;
