import { readWebhook, Unbelievable } from '@parley/services/stripe/read-webhook';
import { receiveEvent } from '@parley/services/stripe/receive-event';
import { ground, logger, producer } from '@/server/ground.ts';

const MAX_BODY = 1024 * 1024;

/** Stripe's webhook: the signature over the raw body, the event kept once, then 200. A worker does the rest. */
export async function handleStripeWebhook(request: Request): Promise<Response> {
  const { db, settings } = ground();
  const access = settings.stripe;
  if (!access) return answer(404, 'Stripe is off here.');
  const rawBody = await request.text();
  if (rawBody.length > MAX_BODY) return answer(413, 'The event is too large.');
  try {
    const event = readWebhook(access, rawBody, request.headers.get('stripe-signature'));
    const isNew = await receiveEvent(db, event);
    // A worker looks every few seconds by itself; this makes it look now.
    if (isNew)
      await producer()
        .enqueue('stripe.sync', { part: 'events' })
        .catch(() => undefined);
    return answer(200, isNew ? 'Taken.' : 'Known.');
  } catch (error) {
    if (!(error instanceof Unbelievable)) throw error;
    logger().warn('a webhook that claims to be Stripe’s was not believed', { why: error.message });
    return answer(400, `Not taken: ${error.message}.`);
  }
}

function answer(status: number, message: string): Response {
  return Response.json({ message }, { status, headers: { 'cache-control': 'no-store' } });
}
