import { Hydrate, pageQueries } from '@/trpc/server.tsx';
import { BudgetsView } from './budgets-view.tsx';

export const budgetsMetadata = { title: 'Budgets' };

/** What calls may cost at providers, what they did, and why one was refused. */
export async function BudgetsPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.budgets.list.queryOptions({}));
  return (
    <Hydrate tenant={tenant}>
      <BudgetsView />
    </Hydrate>
  );
}
