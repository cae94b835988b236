import type { JobPayload } from '@parley/contracts/jobs';
import type { Transaction } from '@parley/db/client';
import { LIVE_SUBSCRIPTIONS } from '../apis/api-shape.ts';

type Notice = JobPayload<'notify.members'>;

/** The same notice for each tenant that holds a subscription to an API, about the API's page in its own portal. */
export async function subscriberNotices(
  tx: Transaction,
  tenantId: string,
  api: { id: string; slug: string },
  notice: Pick<Notice, 'kind' | 'title' | 'body'>,
): Promise<Notice[]> {
  const rows = await tx.subscription.findMany({
    where: { tenantId, apiId: api.id, state: { in: [...LIVE_SUBSCRIPTIONS] } },
    distinct: ['consumerTenantId'],
    select: { consumerTenantId: true },
  });
  const tenants = await tx.tenant.findMany({
    where: { id: { in: [tenantId, ...rows.map((row) => row.consumerTenantId)] } },
    select: { id: true, slug: true },
  });
  const slugs = new Map(tenants.map((tenant) => [tenant.id, tenant.slug]));
  return rows.map(({ consumerTenantId }) => ({
    ...notice,
    tenantId: consumerTenantId,
    permission: 'applications.write',
    userId: null,
    href: `/t/${slugs.get(consumerTenantId)}/catalogue/${slugs.get(tenantId)}/${api.slug}`,
    mail: true,
  }));
}
