import { Hydrate, pageQueries } from '@/trpc/server.tsx';
import { PromptsView } from './prompts-view.tsx';

export const promptsMetadata = { title: 'Prompts' };

/** The tenant's prompts. */
export async function PromptsPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.prompts.list.queryOptions({ limit: 200 }));
  return (
    <Hydrate tenant={tenant}>
      <PromptsView />
    </Hydrate>
  );
}
