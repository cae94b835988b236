import { portalEnv } from '@/server/ground.ts';
import { Hydrate, pageQueries } from '@/trpc/server.tsx';
import { PlaygroundView } from './playground-view.tsx';

export const playgroundMetadata = { title: 'Playground' };

/** Conversations with models, through the gateway. */
export async function PlaygroundPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.playground.subscriptions.queryOptions({ state: 'approved', limit: 200 }));
  return (
    <Hydrate tenant={tenant}>
      <PlaygroundView gatewayUrl={portalEnv().gatewayUrl} />
    </Hydrate>
  );
}
