import type { Database } from '@parley/db/client';
import { expireGrant } from '@parley/services/billing/end-grant';
import { tellGateways } from '@parley/services/billing/tell-gateways';

/** Use from before the end is stored and rated within minutes; it may still be paid by the credit that has just ended. */
const SETTLING_MS = 15 * 60_000;

/**
 * Tells gateways at once that a grant's time is over: plans that are paid from credit close then, though what is left of the grant
 * is booked later. Once for each grant. Returns how many were told of.
 */
export async function tellOfEndedCredit(db: Database, now: Date): Promise<number> {
  const over = await db.within({}, (tx) =>
    tx.creditGrant.findMany({
      where: { endedAt: null, endToldAt: null, expiresAt: { lte: now } },
      orderBy: { expiresAt: 'asc' },
      take: 1_000,
      select: { tenantId: true, id: true, account: { select: { consumerTenantId: true } } },
    }),
  );
  for (const { tenantId, id, account } of over) {
    await db.within({}, async (tx) => {
      const where = { tenantId, id, endedAt: null, endToldAt: null };
      const { count } = await tx.creditGrant.updateMany({ where, data: { endToldAt: now } });
      if (count === 1) await tellGateways(tx, { tenantId, consumerTenantId: account.consumerTenantId });
    });
  }
  return over.length;
}

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
