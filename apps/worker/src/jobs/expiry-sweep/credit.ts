import type { Database } from '@parley/db/client';
import { expireGrant } from '@parley/services/billing/end-grant';

/** Use from before the end is stored and rated within minutes; it may still be paid by the credit that has just ended. */
const SETTLING_MS = 15 * 60_000;

/**
 * Books what is left of credit whose time is over, each grant in a transaction of its own. Credit pays for nothing that
 * happened after its end even before this has run. Returns how many ended.
 */
export async function expireCredit(db: Database, now: Date): Promise<number> {
  const due = await db.within({}, (tx) =>
    tx.creditGrant.findMany({
      where: { endedAt: null, expiresAt: { lte: new Date(now.getTime() - SETTLING_MS) } },
      orderBy: { expiresAt: 'asc' },
      take: 1_000,
      select: { tenantId: true, id: true },
    }),
  );
  let ended = 0;
  for (const { tenantId, id } of due) {
    const { repeated } = await db.within({}, (tx) => expireGrant(tx, { tenantId, grantId: id, at: now }));
    if (!repeated) ended += 1;
  }
  return ended;
}
