import { DELIVERY_STATES } from '@parley/contracts/deliveries';
import type { Transaction } from '@parley/db/client';
import { DELIVERY_LIFECYCLE, type DeliveryMove } from '@parley/domain/deliveries/lifecycle';
import { moveTo } from '@parley/domain/lifecycle';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

/** An event on its way to one destination. */
export const deliveryShape = z.object({
  id: z.uuid(),
  /** The `webhook-id` that destinations see. */
  eventId: z.uuid(),
  /** Short name of the upstream it goes to. */
  upstream: z.string(),
  state: z.enum(DELIVERY_STATES),
  method: z.string(),
  path: z.string(),
  /** Tries that ended, since it was accepted or last sent again. */
  tries: z.number().int(),
  /** Of one that waits or is being sent. */
  nextTryAt: optionalTimeShape,
  lastStatus: z.number().int().nullable(),
  /** Why the last try got no answer. */
  lastError: z.string().nullable(),
  acceptedAt: timeShape,
  endedAt: optionalTimeShape,
});
export type DeliveryView = z.input<typeof deliveryShape>;

export const withEvent = { event: { select: { method: true, path: true } } } as const;
type Row = NonNullable<Awaited<ReturnType<typeof readRow>>>;

const readRow = (tx: Transaction, tenantId: string, id: string) =>
  tx.webhookDelivery.findUnique({ where: { tenantId_id: { tenantId, id } }, include: withEvent });

export function deliveryOut(row: Row): DeliveryView {
  return {
    id: row.id,
    eventId: row.eventId,
    upstream: row.upstreamSlug,
    state: row.state,
    method: row.event.method,
    path: row.event.path,
    tries: row.tries,
    nextTryAt: row.state === 'waiting' ? iso(row.nextTryAt) : null,
    lastStatus: row.lastStatus,
    lastError: row.lastError,
    acceptedAt: iso(row.acceptedAt),
    endedAt: iso(row.endedAt),
  };
}

/** The delivery of that id in the open tenant; throws `not_found`. */
export async function findDelivery(tx: Transaction, tenantId: string, id: string): Promise<Row> {
  const row = await readRow(tx, tenantId, id);
  if (!row) throw new Fault('not_found', 'There is no delivery of this id, or its time is over and it was removed.');
  return row;
}

const REFUSED: Readonly<Partial<Record<DeliveryMove, string>>> = {
  cancel: 'It has ended already, so there is nothing to cancel.',
  replay: 'It is still on its way, so it cannot be sent again yet.',
};

/** Throws `invalid_state` where a delivery may not be moved. */
export function refuseMove(state: Row['state'], move: DeliveryMove): void {
  if (moveTo(DELIVERY_LIFECYCLE, state, move) === null) throw new Fault('invalid_state', REFUSED[move] ?? '');
}

/** What makes a delivery that has ended wait again, for a round of tries of its own. */
export const WAIT_AGAIN = { state: 'waiting', tries: 0, lost: 0, endedAt: null } as const;

/** Throws `invalid_state` when the destination takes nothing at the moment. */
export async function refuseDisabled(tx: Transaction, tenantId: string, upstreamId: string): Promise<void> {
  const found = await tx.webhookDestination.findUnique({ where: { tenantId_upstreamId: { tenantId, upstreamId } } });
  if (found?.disabledAt) {
    throw new Fault('invalid_state', 'Its destination is switched off. Switch it on first, then send again.');
  }
}
