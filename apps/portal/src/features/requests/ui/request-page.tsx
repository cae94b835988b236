import { Page, PageHeader } from '@parley/ui/page';
import { portalEnv } from '@/server/ground.ts';
import { Hydrate, pageQueries } from '@/trpc/server.tsx';
import { RequestDetail } from './request-detail.tsx';

export const requestMetadata = { title: 'Request' };

/** One call on a page of its own, to link to. */
export async function RequestPage({ params }: { params: Promise<{ tenant: string; id: string }> }) {
  const { tenant, id } = await params;
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.requests.get.queryOptions({ id }));
  return (
    <Hydrate tenant={tenant}>
      <Page narrow>
        <PageHeader title="Request" crumbs={[{ label: 'Requests', href: `/t/${tenant}/requests` }]} />
        <RequestDetail id={id} gatewayUrl={portalEnv().gatewayUrl} />
      </Page>
    </Hydrate>
  );
}
