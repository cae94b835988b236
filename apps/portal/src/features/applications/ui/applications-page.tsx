import { Hydrate, pageContext, pageQueries } from '@/trpc/server.tsx';
import { APPLICATIONS_AT_ONCE } from './application-types.ts';
import { ApplicationsView } from './applications-view.tsx';

export const applicationsMetadata = { title: 'Applications' };

/** The tenant's applications. */
export async function ApplicationsPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const context = await pageContext(tenant);
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.applications.list.queryOptions({ limit: APPLICATIONS_AT_ONCE }));
  return (
    <Hydrate tenant={tenant}>
      <ApplicationsView tenant={tenant} mayWrite={context.permissions.has('applications.write')} />
    </Hydrate>
  );
}
