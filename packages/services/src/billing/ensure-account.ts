import type { Transaction } from '@parley/db/client';
import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';

/** A billing account's id and currency. */
export interface AccountRef {
  readonly id: string;
  readonly currency: string;
  /** It was made just now. */
  readonly isNew: boolean;
}

/**
 * The account of a customer with a publisher, made if there is none: in good standing, in the currency the publisher has
 * now. Two at once make one. May run in the publisher's scope, the worker's, or the customer's (who then must have a
 * subscription there, made before in the same transaction at the latest).
 */
export async function ensureAccount(
  tx: Transaction,
  of: { readonly tenantId: string; readonly consumerTenantId: string },
): Promise<AccountRef> {
  const { tenantId, consumerTenantId } = of;
  const where = { tenantId_consumerTenantId: { tenantId, consumerTenantId } };
  const select = { id: true, currency: true };
  const known = await tx.billingAccount.findUnique({ where, select });
  if (known) return { ...known, isNew: false };
  const publisher = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { currency: true } });
  const { count } = await tx.billingAccount.createMany({
    data: { tenantId, id: newId(), consumerTenantId, currency: publisher.currency },
    skipDuplicates: true,
  });
  const made = must(await tx.billingAccount.findUnique({ where, select }), 'the billing account just made');
  return { ...made, isNew: count > 0 };
}
