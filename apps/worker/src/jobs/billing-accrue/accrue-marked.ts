import type { Unrated } from '@parley/domain/rating/rate';
import { accrue } from '@parley/services/rating/accrue';
import type { Ports } from '../../ports.ts';

export interface MarkedSubscription {
  readonly tenantId: string;
  readonly subscriptionId: string;
}

/**
 * Rates a marked subscription from the time its mark names, posts what differs, and clears the mark unless it was set again
 * meanwhile: all in one transaction. Safe to run twice at once. Returns what could not be charged.
 */
export function accrueMarked(
  ports: Pick<Ports, 'db' | 'clock' | 'platformSharePpm'>,
  { tenantId, subscriptionId }: MarkedSubscription,
): Promise<readonly Unrated[]> {
  return ports.db.within({}, async (tx) => {
    const where = { tenantId_subscriptionId: { tenantId, subscriptionId } };
    // Read first: what is marked later may tell of usage that is not seen below.
    const mark = await tx.ratingMark.findUnique({ where });
    if (!mark) return [];
    const { unrated } = await accrue(tx, {
      tenantId,
      subscriptionId,
      sinceMs: mark.since.getTime(),
      nowMs: ports.clock.nowMs(),
      platformSharePpm: ports.platformSharePpm,
    });
    await tx.ratingMark.deleteMany({ where: { tenantId, subscriptionId, generation: mark.generation } });
    return unrated;
  });
}
