import { Hydrate } from '@/trpc/server.tsx';
import { CostsView } from './costs-view.tsx';

export const costsMetadata = { title: 'Cost' };

/** What calls to the tenant's APIs cost at providers, by whom and over time. */
export async function CostsPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  return (
    <Hydrate tenant={tenant}>
      <CostsView />
    </Hydrate>
  );
}
