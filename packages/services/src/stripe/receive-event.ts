import type { Database } from '@parley/db/client';
import type { HeardEvent } from './read-webhook.ts';

/**
 * Keeps an event to be worked on: once for its id, however often and in whatever order it comes. The row is its own
 * outbox: what a worker does with it begins from here. `false` where it was known.
 */
export async function receiveEvent(db: Database, event: HeardEvent): Promise<boolean> {
  const { count } = await db.within({}, (tx) =>
    tx.stripeEvent.createMany({
      data: {
        id: event.id,
        type: event.type,
        objectId: event.objectId,
        customerId: event.customerId,
        createdAt: event.createdAt,
      },
      skipDuplicates: true,
    }),
  );
  return count === 1;
}
