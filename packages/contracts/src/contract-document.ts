import { z } from 'zod';

/** Largest contract of one version in a snapshot, as JSON text. */
export const MAX_CONTRACT_BYTES = 512 * 1024;

/** A JSON Schema (draft 2020-12) whose references lead to `#/$defs/…` of the contract. */
const schema = z.union([z.boolean(), z.record(z.string(), z.unknown())]);
/** By media type in lower case, without parameters; `null` where the document says nothing of the content. */
const content = z.record(z.string(), schema.nullable());

export const contractParameterSchema = z.object({
  in: z.enum(['path', 'query', 'header', 'cookie']),
  name: z.string(),
  required: z.boolean(),
  /** `null` takes anything. */
  schema: schema.nullable(),
  /** What the text stands for: a single value, a list, the fields of an object, or JSON. */
  form: z.enum(['value', 'list', 'deepObject', 'json', 'unchecked']),
  /** Between the items of a list; empty for a parameter that is repeated. */
  separator: z.string(),
});

/** What an OpenAPI document asks of calls, ready to be compiled: references resolved, prose left out. */
export const contractSchema = z.object({
  definitions: z.record(z.string(), schema),
  operations: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      parameters: z.array(contractParameterSchema),
      body: z.object({ required: z.boolean(), content }).nullable(),
      /** By status: `200`, `4XX` or `default`. */
      responses: z.record(z.string(), content),
    }),
  ),
});
export type Contract = z.infer<typeof contractSchema>;
export type ContractOperation = Contract['operations'][number];
export type ContractParameter = z.infer<typeof contractParameterSchema>;
export type JsonSchema = z.infer<typeof schema>;
