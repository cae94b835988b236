import { Fault } from '@parley/kernel/fault';
import { getApi } from '@parley/services/apis/get';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { Hydrate, pageContext, pageQueries } from '@/trpc/server.tsx';
import { ApiView } from './api-view.tsx';

interface Props {
  readonly params: Promise<{ tenant: string; api: string }>;
}

const findApi = cache(async (tenant: string, api: string) => {
  try {
    return await getApi(await pageContext(tenant), { api });
  } catch (error) {
    if (error instanceof Fault && error.code === 'not_found') return null;
    throw error;
  }
});

export async function apiMetadata({ params }: Props): Promise<Metadata> {
  const { tenant, api } = await params;
  const found = await findApi(tenant, api).catch(() => null);
  return { title: found?.name ?? 'Not found' };
}

/** One API of the tenant's own: versions, plans, subscribers, settings. */
export async function ApiPage({ params }: Props) {
  const { tenant, api } = await params;
  if (!(await findApi(tenant, api))) notFound();
  const { trpc, prefetch } = pageQueries(tenant);
  await Promise.all([
    prefetch(trpc.apis.get.queryOptions({ api })),
    prefetch(trpc.apis.versions.queryOptions({ api })),
    prefetch(trpc.apis.plans.queryOptions({ api })),
  ]);
  return (
    <Hydrate tenant={tenant}>
      <ApiView slug={api} />
    </Hydrate>
  );
}
