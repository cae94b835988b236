import { Hydrate, pageQueries } from '@/trpc/server.tsx';
import { HomeView } from './home-view.tsx';

export const homeMetadata = { title: 'Home' };

/** First steps of a new tenant; what needs a look in one that is in use. */
export async function HomePage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.home.overview.queryOptions({}));
  return (
    <Hydrate tenant={tenant}>
      <HomeView />
    </Hydrate>
  );
}
