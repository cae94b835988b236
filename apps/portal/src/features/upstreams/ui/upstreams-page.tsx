import { Hydrate, pageQueries } from '@/trpc/server.tsx';
import { UpstreamsView } from './upstreams-view.tsx';

export const upstreamsMetadata = { title: 'Upstreams' };

/** The tenant's own services that REST routes lead to. */
export async function UpstreamsPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.upstreams.list.queryOptions({ limit: 200 }));
  return (
    <Hydrate tenant={tenant}>
      <UpstreamsView />
    </Hydrate>
  );
}
