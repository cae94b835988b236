import type { Transaction } from '@parley/db/client';

/**
 * Says, in the same transaction, that gateways must learn how an account stands: its customer's subscriptions with the
 * publisher are compiled anew.
 */
export async function tellGateways(
  tx: Transaction,
  account: { readonly tenantId: string; readonly consumerTenantId: string },
): Promise<void> {
  const { tenantId, consumerTenantId } = account;
  const rows = await tx.subscription.findMany({
    where: { tenantId, consumerTenantId, state: { in: ['approved', 'suspended'] } },
    distinct: ['applicationId'],
    select: { applicationId: true },
  });
  if (rows.length === 0) return;
  await tx.outboxEntry.createMany({
    data: rows.map(({ applicationId }) => ({
      tenantId,
      topic: 'snapshot.application',
      payload: { tenantId: consumerTenantId, applicationId },
    })),
  });
}
