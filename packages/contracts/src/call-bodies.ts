import { z } from 'zod';
import { REDACTED_KINDS } from './policies/body-log.ts';

/** Most that is taken of a body before anything is struck out of it, in bytes; a stream's text is a small part of that. */
export const MOST_TAKEN_BYTES = 1_048_576;

/** Purpose under which bodies of a call are sealed with a tenant's data key. */
export const bodiesPurpose = (requestId: string): string => `call_bodies:${requestId}`;

const sealedBody = z.object({
  /** Base64url, sealed by the publisher's data key: as it went over the wire. */
  sealed: z.string().max(2 * MOST_TAKEN_BYTES),
  form: z.enum(['json', 'text', 'stream']),
  /** Only the beginning was taken. */
  cut: z.boolean(),
});

/** What was asked and answered in one call, as a gateway hands it over: the worker strikes out and stores. */
export const takenBodiesSchema = z.object({
  requestId: z.uuid(),
  tenantId: z.uuid(),
  consumerTenantId: z.uuid(),
  redact: z.array(z.enum(REDACTED_KINDS)),
  maxBytes: z.number().int().positive(),
  keepForHours: z.number().int().positive(),
  consumerSees: z.boolean(),
  /** Unix milliseconds of the call's end. */
  atMs: z.number().int().nonnegative(),
  request: sealedBody.nullable(),
  response: sealedBody.nullable(),
});
export type TakenBodies = z.infer<typeof takenBodiesSchema>;

/** A body as it is kept: JSON, sealed. */
export const keptBodySchema = z.object({
  text: z.string(),
  form: z.enum(['json', 'text', 'stream']),
  /** Something is missing at its end. */
  cut: z.boolean(),
});
export const keptBodiesSchema = z.object({
  request: keptBodySchema.nullable(),
  response: keptBodySchema.nullable(),
  /** How many values were struck out. */
  redacted: z.number().int().nonnegative(),
});
export type KeptBodies = z.infer<typeof keptBodiesSchema>;
