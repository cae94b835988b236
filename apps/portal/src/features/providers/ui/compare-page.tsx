import { Hydrate, pageQueries } from '@/trpc/server.tsx';
import { CompareView } from './compare-view.tsx';

export const compareMetadata = { title: 'Compare models' };

/** The tenant's models by price, window and measured speed. */
export async function ComparePage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.providers.models.queryOptions({ limit: 200 }));
  return (
    <Hydrate tenant={tenant}>
      <CompareView />
    </Hydrate>
  );
}
