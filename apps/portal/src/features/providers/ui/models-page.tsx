import { Hydrate, pageQueries } from '@/trpc/server.tsx';
import { ModelsView } from './models-view.tsx';

export const modelsMetadata = { title: 'Models & providers' };

/** The tenant's providers, and the models it offers through them. */
export async function ModelsPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const { trpc, prefetch } = pageQueries(tenant);
  await Promise.all([
    prefetch(trpc.providers.list.queryOptions({ limit: 200 })),
    prefetch(trpc.providers.models.queryOptions({ limit: 200 })),
  ]);
  return (
    <Hydrate tenant={tenant}>
      <ModelsView />
    </Hydrate>
  );
}
