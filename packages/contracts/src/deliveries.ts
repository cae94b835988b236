import { z } from 'zod';

/** How an event stands at one destination. `failed`: given up after its last try, until somebody replays it. */
export const DELIVERY_STATES = ['waiting', 'sending', 'delivered', 'failed', 'cancelled'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Calls that can be accepted for later; others are answered by the upstream as always. */
export const DELIVERED_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** How the deliveries of an event are tried; taken from the policy when the call was accepted. */
export const deliveryRulesSchema = z.object({
  /** Pauses between the tries; one more try than pauses. */
  retryAfterSeconds: z.array(z.number().int().min(1).max(86_400)).max(20),
  timeoutSeconds: z.number().int().min(1).max(30),
  concurrency: z.number().int().min(1).max(50),
});
export type DeliveryRules = z.output<typeof deliveryRulesSchema>;

/** Flat headers as pairs; what is about the connection or the gateway is not among them. */
export const deliveredHeadersSchema = z.array(z.tuple([z.string(), z.string()])).max(200);

/** A call that the gateway has accepted, on its way into the database. */
export const acceptedEventSchema = z.object({
  /** The `webhook-id`; of a call with an idempotency key it follows from the key. */
  id: z.uuid(),
  /** The publisher's. */
  tenantId: z.uuid(),
  apiId: z.uuid(),
  apiVersionId: z.uuid(),
  routeId: z.uuid().nullable(),
  consumerTenantId: z.uuid(),
  applicationId: z.uuid(),
  requestId: z.uuid(),
  method: z.enum(DELIVERED_METHODS),
  /** After the path of the destination's base URL; with its query. */
  path: z.string().startsWith('/').max(20_000),
  headers: deliveredHeadersSchema,
  /** Base64 of the body sealed with the tenant's data key, purpose `bodyPurpose`. */
  body: z.string().nullable(),
  bodyBytes: z.number().int().nonnegative(),
  destinations: z
    .array(z.object({ id: z.uuid(), slug: z.string() }))
    .min(1)
    .max(10),
  rules: deliveryRulesSchema,
  keepDays: z.number().int().min(1).max(90),
  acceptedAtMs: z.number().int().nonnegative(),
});
export type AcceptedEvent = z.output<typeof acceptedEventSchema>;

/** The application's webhook secret that signs what tells it how its jobs ended. */
export const CALLBACK_SECRET = 'callback';

/** A job has ended whose caller wants to hear of it. Signed, tried and kept like an event. */
export const acceptedCallbackSchema = z.object({
  /** The job's, and the `webhook-id`. */
  id: z.uuid(),
  /** The caller's. */
  tenantId: z.uuid(),
  applicationId: z.uuid(),
  apiId: z.uuid(),
  apiVersionId: z.uuid(),
  url: z.url({ protocol: /^https$/ }).max(2000),
  /** JSON; nothing of call or answer. */
  body: z.string().max(4096),
  atMs: z.number().int().nonnegative(),
});
export type AcceptedCallback = z.output<typeof acceptedCallbackSchema>;

/** What an event's body is sealed for. */
export function bodyPurpose(eventId: string): string {
  return `webhook_body:${eventId}`;
}

/** What secrets of webhooks are sealed for, those that sign and those that verify. */
export const WEBHOOK_SECRET = 'webhook_secret';
