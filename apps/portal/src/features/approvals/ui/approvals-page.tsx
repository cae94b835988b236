import { Hydrate, pageContext, pageQueries } from '@/trpc/server.tsx';
import { ApprovalsView } from './approvals-view.tsx';

export const approvalsMetadata = { title: 'Approvals' };

/** The publisher's inbox. */
export async function ApprovalsPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const { permissions } = await pageContext(tenant);
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.approvals.inbox.queryOptions({ show: 'waiting' }));
  return (
    <Hydrate tenant={tenant}>
      <ApprovalsView mayDecide={permissions.has('approvals.decide')} />
    </Hydrate>
  );
}
