import type { BillingStanding } from '@parley/contracts/ledger';
import type { Transaction } from '@parley/db/client';
import { STANDING_LIFECYCLE, type StandingMove } from '@parley/domain/billing/standing';
import { moveTo } from '@parley/domain/lifecycle';
import { Fault } from '@parley/kernel/fault';
import { openAccount } from './post.ts';
import { tellGateways } from './tell-gateways.ts';

/**
 * Moves an account's standing and tells gateways. A move to where it stands already changes nothing (`moved: false`).
 * Throws `not_found`, or `invalid_state` for a move that its standing does not allow.
 */
export async function moveStanding(
  tx: Transaction,
  asked: {
    readonly tenantId: string;
    readonly accountId: string;
    readonly move: StandingMove;
    /** Shown to the publisher and the customer. */
    readonly reason: string;
  },
): Promise<{ standing: BillingStanding; moved: boolean }> {
  const account = await openAccount(tx, asked.tenantId, asked.accountId);
  const where = { tenantId_id: { tenantId: account.tenantId, id: account.id } };
  const { standing } = await tx.billingAccount.findUniqueOrThrow({ where, select: { standing: true } });
  if (standing === LEADS_TO[asked.move]) return { standing, moved: false };
  const next = moveTo(STANDING_LIFECYCLE, standing, asked.move);
  if (!next) throw new Fault('invalid_state', `An account that is ${standing} cannot be moved so (${asked.move}).`);
  await tx.billingAccount.update({
    where,
    data: { standing: next, standingSince: new Date(), standingReason: asked.reason },
    select: { id: true },
  });
  await tellGateways(tx, account);
  return { standing: next, moved: true };
}

const LEADS_TO: Readonly<Record<StandingMove, BillingStanding>> = {
  warn: 'grace',
  restrict: 'restricted',
  suspend: 'suspended',
  restore: 'good',
};
