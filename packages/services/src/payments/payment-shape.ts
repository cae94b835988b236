import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { StripeAccess } from '../stripe/access.ts';

/** The id of a billing account, as verbs take it. */
export const accountInput = z.uuid('The id of the billing account.');

/** A page of Stripe's to go to. */
export const goThereShape = z.object({ url: z.url() });

/** The operator's Stripe account. Throws `invalid_state` where Stripe is off. */
export function stripeOf(context: Context): StripeAccess {
  const { stripe } = context.settings;
  if (!stripe) {
    throw new Fault('invalid_state', 'Card payments are off on this installation. Ask the publisher how to pay.');
  }
  return stripe;
}

export interface OwnAccount {
  readonly tenantId: string;
  readonly id: string;
  readonly currency: string;
}

/** An account that the open tenant is the customer of. Throws `not_found`, also for accounts of its own customers. */
export async function findOwnAccount(tx: Transaction, consumerTenantId: string, id: string): Promise<OwnAccount> {
  const row = await tx.billingAccount.findFirst({
    where: { id, consumerTenantId },
    select: { tenantId: true, id: true, currency: true },
  });
  if (!row) throw new Fault('not_found', 'There is no such billing account.');
  return row;
}

/** Address of the customer's billing page, with what it should tell. */
export async function billingPage(tx: Transaction, context: Context, consumerTenantId: string): Promise<string> {
  const { slug } = await tx.tenant.findUniqueOrThrow({ where: { id: consumerTenantId }, select: { slug: true } });
  return `${context.settings.portalUrl}/t/${slug}/billing`;
}
