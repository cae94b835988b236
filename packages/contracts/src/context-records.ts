import { z } from 'zod';

/**
 * What gateways tell the durable store of sessions (docs/context-protocol.md), a line of JSON each. Every record may come twice,
 * late and out of order: the highest `version` of a session's settings and the highest `revision` of a turn hold, and nothing
 * holds after `gone`.
 */
const at = z.int().nonnegative();
const place = { tenantId: z.uuid(), sessionId: z.uuid() };
/** AES-256-GCM, base64. */
const sealed = z.string().max(16 * 1024 * 1024);

const sessionRecordSchema = z.object({
  kind: z.literal('session'),
  ...place,
  applicationId: z.uuid(),
  /** Of whom within the application; empty for all who use it. A hash. */
  owner: z.string().max(64),
  version: at,
  state: z.enum(['active', 'archived']),
  sealed,
  createdAtMs: at,
  updatedAtMs: at,
  keepUntilMs: at,
});

const turnRecordSchema = z.object({
  kind: z.literal('turn'),
  ...place,
  turnId: z.uuid(),
  sequence: at,
  revision: at,
  /** `void`: its call came to nothing. */
  state: z.enum(['open', 'complete', 'cut', 'void']),
  atMs: at,
  keepUntilMs: at,
  sealed,
});

const goneRecordSchema = z.object({ kind: z.literal('gone'), ...place, applicationId: z.uuid(), atMs: at });

/** What stands for the beginning of a session: the one that covers most holds. */
const summaryRecordSchema = z.object({
  kind: z.literal('summary'),
  ...place,
  /** Sequence of the last turn it covers. */
  to: at,
  atMs: at,
  sealed,
});

export const contextRecordSchema = z.discriminatedUnion('kind', [
  sessionRecordSchema,
  turnRecordSchema,
  goneRecordSchema,
  summaryRecordSchema,
]);
export type SessionRecord = z.infer<typeof sessionRecordSchema>;
export type TurnRecord = z.infer<typeof turnRecordSchema>;
export type SummaryRecord = z.infer<typeof summaryRecordSchema>;
export type ContextRecord = z.infer<typeof contextRecordSchema>;

/** A session as the list has it. */
export const listedSessionSchema = z.object({
  sessionId: z.uuid(),
  state: z.enum(['active', 'archived']),
  version: at,
  turns: at,
  createdAtMs: at,
  updatedAtMs: at,
  keepUntilMs: at,
  sealed,
});
export type ListedSession = z.infer<typeof listedSessionSchema>;
