import type { Database } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import type { StripeAccess } from './access.ts';

/** A billing account, with what Stripe knows it by. */
export interface StripeAccount {
  readonly tenantId: string;
  readonly accountId: string;
  readonly customerId: string;
}

/**
 * The Stripe customer of a billing account, made if there is none. Two at once, or a crash between Stripe's answer and our
 * row, find the same one: the key of the request follows from the account. Throws `not_found`.
 */
export async function ensureCustomer(
  access: StripeAccess,
  db: Database,
  of: { readonly tenantId: string; readonly accountId: string },
): Promise<StripeAccount> {
  const { tenantId, accountId } = of;
  const where = { tenantId_id: { tenantId, id: accountId } };
  const found = await db.within({ tenantId }, async (tx) => {
    const account = await tx.billingAccount.findUnique({
      where,
      select: { stripeCustomerId: true, consumerTenantId: true },
    });
    if (!account) throw new Fault('not_found', 'There is no such billing account.');
    const consumer = await tx.tenant.findUnique({ where: { id: account.consumerTenantId }, select: { name: true } });
    return { known: account.stripeCustomerId, name: consumer?.name ?? 'A customer' };
  });
  if (found.known !== null) return { tenantId, accountId, customerId: found.known };
  const customer = await access.client.customers.create(
    // The name comes after: it may change before a repeat, and Stripe refuses a key with other parameters.
    { metadata: { parley_publisher: tenantId, parley_account: accountId } },
    { idempotencyKey: `parley-customer-${accountId}` },
  );
  await access.client.customers.update(customer.id, { name: found.name });
  const saved = await db.within({ tenantId }, async (tx) => {
    await tx.billingAccount.updateMany({
      where: { tenantId, id: accountId, stripeCustomerId: null },
      data: { stripeCustomerId: customer.id },
    });
    return tx.billingAccount.findUniqueOrThrow({ where, select: { stripeCustomerId: true } });
  });
  return { tenantId, accountId, customerId: saved.stripeCustomerId ?? customer.id };
}

/** The account a Stripe customer stands for; `null` for customers that are not ours. Only in the worker's scope. */
export function accountOfCustomer(db: Database, customerId: string): Promise<StripeAccount | null> {
  return db.within({}, async (tx) => {
    const row = await tx.billingAccount.findUnique({
      where: { stripeCustomerId: customerId },
      select: { tenantId: true, id: true },
    });
    return row && { tenantId: row.tenantId, accountId: row.id, customerId };
  });
}
