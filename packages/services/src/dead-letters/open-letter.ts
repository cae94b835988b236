import { Fault } from '@parley/kernel/fault';
import type { Work } from '../verb.ts';
import type { DeadLetterRow } from './dead-letter-shape.ts';

/**
 * Takes a dead letter off the list, for one of several who may try at once. Throws `not_found`, or `invalid_state` when
 * somebody was quicker.
 */
export async function resolveLetter(
  { tx, tenantId }: Work<unknown>,
  id: string,
  resolution: 'retried' | 'dismissed',
): Promise<DeadLetterRow> {
  const row = await tx.deadLetter.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!row) throw new Fault('not_found', 'There is no such failed job.');
  const { count } = await tx.deadLetter.updateMany({
    where: { tenantId, id, resolvedAt: null },
    data: { resolvedAt: new Date(), resolution },
  });
  if (count === 0) {
    const now = await tx.deadLetter.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } });
    throw new Fault('invalid_state', `This job was ${now.resolution ?? 'resolved'} already.`);
  }
  return row;
}
