import { z } from 'zod';
import { plannedInput } from './graphql-plan.ts';

/** How often something may stand; `max` of -1 is any number. */
const times = { min: z.number().int(), max: z.number().int() };
/** Place in the plan's namespaces; -1 for none. */
const ns = z.number().int();
/** Place in the plan's types. */
const type = z.number().int();

const elementSchema = z.object({
  kind: z.literal('element'),
  name: z.string(),
  ns,
  type,
  nillable: z.boolean(),
  ...times,
});
export type PlannedElement = z.output<typeof elementSchema>;

/** A part of what a type holds (XML Schema §3.9). */
export type Particle =
  | PlannedElement
  | { kind: 'any'; min: number; max: number }
  | { kind: 'sequence' | 'choice' | 'all'; min: number; max: number; items: Particle[] };
const particleSchema: z.ZodType<Particle> = z.lazy(() =>
  z.union([
    elementSchema,
    z.object({ kind: z.literal('any'), ...times }),
    z.object({ kind: z.enum(['sequence', 'choice', 'all']), ...times, items: z.array(particleSchema) }),
  ]),
);

const simpleSchema = z.object({
  kind: z.literal('simple'),
  base: z.enum(['string', 'boolean', 'integer', 'number']),
  /** Name of XML Schema’s own type, such as `dateTime`. */
  of: z.string(),
  values: z.array(z.string()).optional(),
  /** Several values in one text, with spaces between. */
  list: z.boolean().optional(),
});
export type PlannedSimple = z.output<typeof simpleSchema>;

const complexSchema = z.object({
  kind: z.literal('complex'),
  attributes: z.array(z.object({ name: z.string(), ns, type, required: z.boolean() })),
  content: particleSchema.nullable(),
  /** Type of its text, where it holds text and no elements. */
  text: type.nullable(),
  abstract: z.boolean().optional(),
  /** Types that extend it, for `xsi:type`. */
  derived: z.array(z.object({ name: z.string(), ns, type })).optional(),
});
export type PlannedComplex = z.output<typeof complexSchema>;

/**
 * What a gateway needs to answer a route from a SOAP service: compiled from the policy `soap` and its WSDL when the snapshot
 * is made, so that no node reads WSDL or XML Schema.
 */
export const soapPlanSchema = z.object({
  kind: z.literal('soap'),
  version: z.enum(['1.1', '1.2']),
  /** `SOAPAction` or the `action` parameter; may be empty. */
  action: z.string(),
  namespaces: z.array(z.string()),
  /** `open` takes and gives anything. */
  types: z.array(z.union([simpleSchema, complexSchema, z.object({ kind: z.literal('open') })])),
  input: elementSchema,
  /** `null` where the answer’s body is empty. */
  output: elementSchema.nullable(),
  /** `name` is a JSON pointer into the input. */
  inputs: z.array(plannedInput),
  result: z.string(),
  /** By the fault’s code, subcode or the name of its detail. */
  statuses: z.record(z.string(), z.number()),
  maxAnswerBytes: z.number().int(),
});
export type SoapPlan = z.output<typeof soapPlanSchema>;
export type PlannedType = SoapPlan['types'][number];
