import { z } from 'zod';
import { INPUT_PLACES } from './policies/translated-input.ts';

/** A type as GraphQL writes it, such as `[Int!]!`. */
const type = z.string().max(300);

/** Where one value comes from; `at` is a name, or a JSON pointer into the body. */
export const plannedInput = z.object({
  name: z.string(),
  from: z.enum(INPUT_PLACES),
  at: z.string(),
  value: z.json().optional(),
});

/**
 * What a gateway needs to answer a route from a GraphQL service: compiled from the policy `graphql` when the snapshot is
 * made, so that no node parses documents or schemas.
 */
export const graphqlPlanSchema = z.object({
  kind: z.literal('graphql'),
  /** The chosen operation with the fragments it uses. */
  query: z.string(),
  operationName: z.string().nullable(),
  variables: z.array(plannedInput.extend({ type, optional: z.boolean() })),
  /** Input types of the schema that the variables need; other names than these and GraphQL's own take any value. */
  types: z.record(
    z.string(),
    z.union([
      z.object({ values: z.array(z.string()) }),
      z.object({ fields: z.record(z.string(), z.object({ type, optional: z.boolean() })) }),
    ]),
  ),
  result: z.string(),
  whenNull: z.enum(['notFound', 'answer']),
  partial: z.enum(['answer', 'refuse']),
  /** By `extensions.code`. */
  statuses: z.record(z.string(), z.number()),
  maxAnswerBytes: z.number().int(),
});
export type GraphqlPlan = z.output<typeof graphqlPlanSchema>;
export type PlannedInput = z.output<typeof plannedInput>;
