import { Fault } from '@parley/kernel/fault';
import { getApplication } from '@parley/services/applications/get';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { Hydrate, pageContext, pageQueries } from '@/trpc/server.tsx';
import { ApplicationView } from './application-view.tsx';

interface Props {
  readonly params: Promise<{ tenant: string; application: string }>;
}

const findApplication = cache(async (tenant: string, application: string) => {
  try {
    return await getApplication(await pageContext(tenant), { application });
  } catch (error) {
    if (error instanceof Fault && (error.code === 'not_found' || error.code === 'invalid_input')) return null;
    throw error;
  }
});

export async function applicationMetadata({ params }: Props): Promise<Metadata> {
  const { tenant, application } = await params;
  const found = await findApplication(tenant, application);
  return { title: found?.name ?? 'Not found' };
}

/** One application: its keys and its subscriptions. */
export async function ApplicationPage({ params }: Props) {
  const { tenant, application } = await params;
  if (!(await findApplication(tenant, application))) notFound();
  const { permissions } = await pageContext(tenant);
  const { trpc, prefetch } = pageQueries(tenant);
  await Promise.all([
    prefetch(trpc.applications.get.queryOptions({ application })),
    prefetch(trpc.applications.keys.list.queryOptions({ application })),
    prefetch(trpc.applications.subscriptions.list.queryOptions({ application, limit: 200 })),
  ]);
  return (
    <Hydrate tenant={tenant}>
      <ApplicationView
        tenant={tenant}
        application={application}
        mayWrite={permissions.has('applications.write')}
        mayMakeKeys={permissions.has('keys.write')}
      />
    </Hydrate>
  );
}
