import { Notice, Page, PageHeader } from '@parley/ui/page';
import { Hydrate, pageContext, pageQueries } from '@/trpc/server.tsx';
import { SystemView } from './system-view.tsx';

export const systemMetadata = { title: 'System' };

/** What happens behind the tenant's pages: whether changes and usage get through, and what failed. */
export async function SystemPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const { permissions } = await pageContext(tenant);
  if (!permissions.has('system.read')) {
    return (
      <Page>
        <PageHeader title="System" />
        <Notice title="This page needs the permission “system.read”">
          Ask an owner or admin of the tenant for a role that holds it.
        </Notice>
      </Page>
    );
  }
  const { trpc, prefetch } = pageQueries(tenant);
  await Promise.all([
    prefetch(trpc.system.health.queryOptions({})),
    prefetch(trpc.system.deadLetters.queryOptions({ show: 'open', limit: 200 })),
  ]);
  return (
    <Hydrate tenant={tenant}>
      <SystemView />
    </Hydrate>
  );
}
