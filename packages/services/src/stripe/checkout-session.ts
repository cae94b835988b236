import type { Transaction } from '@parley/db/client';
import { fromMinor } from '@parley/domain/billing/minor-units';
import type Stripe from 'stripe';
import { grantCredit } from '../billing/grant-credit.ts';

/** What we know of a page of Stripe's that somebody was sent to. */
export interface OurCheckout {
  readonly tenantId: string;
  readonly id: string;
  readonly billingAccountId: string;
  readonly kind: 'topUp' | 'card' | 'plan';
  readonly subscriptionId: string | null;
  readonly planId: string | null;
  readonly amountNano: bigint | null;
  readonly currency: string;
}

export const idOf = (value: string | { id: string } | null): string | null =>
  typeof value === 'object' && value !== null ? value.id : value;

/** What was paid for a session, nano-units. Throws where it is not what was asked for. */
export function paidAmount(session: Stripe.Checkout.Session, ours: OurCheckout): bigint {
  const amountNano = fromMinor(session.amount_total ?? 0, ours.currency);
  if (session.currency?.toUpperCase() === ours.currency && amountNano === ours.amountNano) return amountNano;
  throw new Error(`Stripe took another amount than was asked for: ${session.amount_total} ${session.currency}`);
}

/** Grants what was paid for a session as credit, once. Returns the grant's id. */
export async function grantPaid(
  tx: Transaction,
  given: {
    readonly session: Stripe.Checkout.Session;
    readonly ours: OurCheckout;
    readonly amountNano: bigint;
    readonly note: string;
  },
): Promise<string> {
  const { session, ours, amountNano, note } = given;
  const { grantId } = await grantCredit(tx, {
    tenantId: ours.tenantId,
    accountId: ours.billingAccountId,
    key: `topup:${session.id}`,
    kind: 'purchased',
    amountNano,
    note,
    occurredAt: new Date(session.created * 1000),
  });
  return grantId;
}
