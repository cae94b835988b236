import Stripe from 'stripe';
import { z } from 'zod';
import type { StripeAccess } from './access.ts';

/** Seconds after which a signature is too old to be believed. */
const TOLERANCE_SECONDS = 300;

/** What of a webhook is kept: the rest is read from Stripe when it is worked on. */
export interface HeardEvent {
  readonly id: string;
  readonly type: string;
  readonly objectId: string | null;
  readonly customerId: string | null;
  readonly createdAt: Date;
}

const reference = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);
const snapshotEvent = z.object({
  id: z.string().max(255),
  object: z.literal('event'),
  type: z.string().max(200),
  created: z.number().int(),
  data: z.object({
    object: z.object({ id: z.string().max(255).optional(), object: z.string(), customer: reference.nullish() }),
  }),
});
const thinEvent = z.object({
  id: z.string().max(255),
  object: z.literal('v2.core.event'),
  type: z.string().max(200),
  created: z.string(),
  related_object: z.object({ id: z.string().max(255) }).nullish(),
});

/** Why a webhook was not believed, for the log. */
export class Unbelievable extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'Unbelievable';
  }
}

/**
 * Reads a webhook, snapshot or thin, once its signature over the raw body fits one of the current secrets and is at most
 * five minutes old. Throws `Unbelievable`.
 */
export function readWebhook(access: StripeAccess, rawBody: string, header: string | null): HeardEvent {
  if (header === null) throw new Unbelievable('there is no stripe-signature header');
  const fits = access.webhookSecrets.some((secret) => isSigned(access.client, { rawBody, header, secret }));
  if (!fits) throw new Unbelievable('the signature fits none of the secrets, or is older than five minutes');
  return read(rawBody);
}

function isSigned(client: Stripe, given: { rawBody: string; header: string; secret: string }): boolean {
  try {
    client.webhooks.signature?.verifyHeader(given.rawBody, given.header, given.secret, TOLERANCE_SECONDS);
    return client.webhooks.signature !== null;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
    throw error;
  }
}

function read(rawBody: string): HeardEvent {
  const json = parse(rawBody);
  const snapshot = snapshotEvent.safeParse(json);
  if (snapshot.success) {
    const { id, type, created, data } = snapshot.data;
    const { object } = data;
    return {
      id,
      type,
      objectId: object.id ?? null,
      customerId: object.object === 'customer' ? (object.id ?? null) : (object.customer ?? null),
      createdAt: new Date(created * 1000),
    };
  }
  const thin = thinEvent.safeParse(json);
  if (!thin.success) throw new Unbelievable('the body is not an event');
  const { id, type, created, related_object: related } = thin.data;
  return { id, type, objectId: related?.id ?? null, customerId: null, createdAt: new Date(created) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unbelievable('the body is not JSON');
  }
}
