import { z } from 'zod';
import { takenBodiesSchema } from './call-bodies.ts';
import { acceptedCallbackSchema, acceptedEventSchema } from './deliveries.ts';
import { givenFeedbackSchema } from './feedback.ts';
import { keyHealthSchema } from './key-health.ts';
import { usageEventSchema } from './usage-event.ts';

/** Spool segment that usage events come from; acknowledged as a whole after commit. */
const segmentId = z.string().min(1).max(100);

/**
 * Every job that crosses a process, by name: `queue` it runs on and the shape of its payload. `@parley/jobs` enqueues by
 * this table; the worker's job table handles each name in it.
 */
export const JOBS = {
  'snapshot.tenant': { queue: 'snapshot', schema: z.object({ tenantId: z.uuid() }) },
  'snapshot.application': { queue: 'snapshot', schema: z.object({ tenantId: z.uuid(), applicationId: z.uuid() }) },
  /** Publishes every document again; asked by a gateway that finds Redis empty, and at worker start. */
  'snapshot.republish': { queue: 'snapshot', schema: z.object({ reason: z.string().max(200) }) },
  'usage.ingest': {
    queue: 'usage',
    schema: z.union([
      z.object({ segmentId, events: z.array(usageEventSchema).min(1).max(5000) }),
      /** As the gateway wrote them, one JSON object a line: reading them is the worker's time, not a caller's. */
      z.object({ segmentId, lines: z.string().min(1) }),
    ]),
  },
  /** Recomputes the hours that have new events. */
  'usage.rollup': { queue: 'rollup', schema: z.object({}) },
  /** Compares what was decided, stored, added up and booked; of the last hours, or `deep` of weeks. */
  'checks.run': { queue: 'rollup', schema: z.object({ deep: z.boolean().optional() }) },
  'mail.send': {
    queue: 'mail',
    schema: z.object({
      tenantId: z.uuid().nullable(),
      to: z.email(),
      subject: z.string().max(300),
      text: z.string().max(100_000),
      html: z.string().max(200_000).nullable(),
    }),
  },
  /** In-app notices (and mails) for the members of a tenant who hold a permission, or for one member. */
  'notify.members': {
    queue: 'mail',
    schema: z.object({
      tenantId: z.uuid(),
      permission: z.string().nullable(),
      userId: z.uuid().nullable(),
      kind: z.string().max(60),
      title: z.string().max(300),
      body: z.string().max(5000),
      /** Path in the portal. */
      href: z.string().max(500),
      mail: z.boolean(),
    }),
  },
  /** A gateway took a canary back, because it did worse than the other variants. */
  'canary.rolledBack': {
    queue: 'maintenance',
    schema: z.object({
      /** Of place and plan: one canary is recorded once. */
      canaryId: z.string().min(1).max(100),
      tenantId: z.uuid(),
      apiVersionId: z.uuid(),
      routeId: z.uuid().nullable(),
      variant: z.string().max(40),
      reason: z.string().max(500),
      atMs: z.number().int().nonnegative(),
    }),
  },
  /** A call the gateway answered 202: stored, and from then on delivered by the tables. */
  'event.accept': { queue: 'events', schema: acceptedEventSchema },
  /** How a job ended, for a caller that wants to hear of it: stored, and delivered like an event. */
  'callback.accept': { queue: 'events', schema: acceptedCallbackSchema },
  /** What a caller says of an answer; stored once the call it is about is. */
  'feedback.store': { queue: 'maintenance', schema: givenFeedbackSchema },
  /** Bodies of a call that a policy keeps; may be lost, never holds a call up. */
  'bodies.store': { queue: 'bodies', schema: takenBodiesSchema },
  /** What gateways have written of sessions: stored, each record once. */
  'context.ingest': { queue: 'context', schema: z.object({ segmentId, lines: z.string().min(1) }) },
  /** A gateway does not find a session in Redis: it is put there again, or that there is none is. */
  'context.load': { queue: 'context-asks', schema: z.object({ tenantId: z.uuid(), sessionId: z.uuid() }) },
  /** A gateway asks for sessions of an application; the answer is left in Redis under `askId`. */
  'context.list': {
    queue: 'context-asks',
    schema: z.object({
      askId: z.uuid(),
      tenantId: z.uuid(),
      applicationId: z.uuid(),
      owner: z.string().max(64),
      /** Of several, where a party token asks; absent from older gateways. */
      owners: z.array(z.string().max(64)).max(8).optional(),
      before: z.uuid().nullable(),
      limit: z.int().min(1).max(100),
    }),
  },
  /** A gateway asks collections of documents; question and answer, left in Redis under `askId`, are sealed. */
  'knowledge.search': {
    queue: 'context-asks',
    schema: z.object({ askId: z.uuid(), tenantId: z.uuid(), sealed: z.string().min(1).max(100_000) }),
  },
  /** A provider's key began to rest, or works again. */
  'providerKey.health': { queue: 'maintenance', schema: keyHealthSchema },
  /** Reads a document into its collection, as far as that is not done. */
  'knowledge.ingest': { queue: 'knowledge', schema: z.object({ tenantId: z.uuid(), documentId: z.uuid() }) },
  /** Does what a run of the test bench has not done yet. */
  'prompt.run': { queue: 'bench', schema: z.object({ tenantId: z.uuid(), runId: z.uuid() }) },
  /**
   * Rates subscriptions whose usage or price changed and posts the differences; `all` looks at every priced one,
   * `subscriptionId` at one alone, at once.
   */
  'billing.accrue': {
    queue: 'maintenance',
    schema: z.object({ all: z.boolean().optional(), subscriptionId: z.uuid().optional() }),
  },
  /** Restores the counters of limits from usage events; asked by a gateway that finds them lost, and by the worker. */
  'limits.rebuild': { queue: 'limits', schema: z.object({ reason: z.string().max(200) }) },
  /** Adds to restored counters what has become known since; `long` also days after. */
  'limits.correct': { queue: 'limits', schema: z.object({ long: z.boolean().optional() }) },
  /** Works on what Stripe told, tells it what is to be charged, and moves standings by age; or tells its meters. */
  'stripe.sync': { queue: 'stripe', schema: z.object({ part: z.enum(['events', 'meters', 'sweep']) }) },
  /** Issues the invoices that are due; `accountId`: of one account alone; `asOf`: as if it were that moment. */
  'billing.close': {
    queue: 'maintenance',
    schema: z.object({ accountId: z.uuid().optional(), asOf: z.iso.datetime().optional() }),
  },
  /** Reads what budgets have spent, tells of thresholds, ends increases, and tells the counters of gateways. */
  'budget.evaluate': { queue: 'maintenance', schema: z.object({}) },
  'expiry.sweep': { queue: 'maintenance', schema: z.object({}) },
  'partition.maintain': { queue: 'maintenance', schema: z.object({}) },
} as const;

export type JobName = keyof typeof JOBS;
export type QueueName = (typeof JOBS)[JobName]['queue'];
export type JobPayload<N extends JobName> = z.infer<(typeof JOBS)[N]['schema']>;

/** Topics of outbox rows, each relayed to the job of the same name. `usage.ingest` only for retries of dead letters. */
export const OUTBOX_TOPICS = [
  'snapshot.tenant',
  'snapshot.application',
  'mail.send',
  'notify.members',
  'usage.ingest',
  'prompt.run',
  'knowledge.ingest',
] as const;
export type OutboxTopic = (typeof OUTBOX_TOPICS)[number];
