import type { PlanPricing } from '@parley/contracts/plan-pricing';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import type { Context } from '../context.ts';

interface Wish {
  readonly publisherId: string;
  readonly consumerTenantId: string;
  /** What the plan costs; `null`: nothing. */
  readonly pricing: Pick<PlanPricing, 'card'> | null;
}

/** Whether a plan waits for a card: it asks for one, cards are taken here, and the customer has left the publisher none. */
export async function needsCard(tx: Transaction, context: Context, wish: Wish): Promise<boolean> {
  if (wish.pricing?.card !== 'required' || !context.settings.stripe) return false;
  const { publisherId: tenantId, consumerTenantId } = wish;
  const kept = await tx.stripeCard.count({ where: { tenantId, account: { consumerTenantId } } });
  return kept === 0;
}

/** Throws `invalid_state`, saying what to do, where a plan waits for a card. */
export async function refuseWithoutCard(
  tx: Transaction,
  context: Context,
  wish: Wish & { readonly whatToDo: string },
): Promise<void> {
  if (await needsCard(tx, context, wish))
    throw new Fault('invalid_state', `A card is left first on this plan. ${wish.whatToDo}`);
}
