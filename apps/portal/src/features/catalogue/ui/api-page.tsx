import { Fault } from '@parley/kernel/fault';
import { getCatalogueApi } from '@parley/services/catalogue/get';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { Hydrate, pageContext, pageQueries } from '@/trpc/server.tsx';
import { viewerOf } from '../server/viewer.ts';
import { ApiView } from './api-view.tsx';

interface Props {
  readonly params: Promise<{ tenant?: string; publisher: string; api: string }>;
}

const findApi = cache(async (tenant: string | null, publisher: string, api: string) => {
  try {
    return await getCatalogueApi(await pageContext(tenant), { publisher, api });
  } catch (error) {
    if (error instanceof Fault && (error.code === 'not_found' || error.code === 'invalid_input')) return null;
    throw error;
  }
});

export async function apiMetadata({ params }: Props): Promise<Metadata> {
  const { tenant, publisher, api } = await params;
  const found = await findApi(tenant ?? null, publisher, api);
  return found
    ? { title: `${found.name} by ${found.publisher.name}`, description: found.summary }
    : { title: 'Not found' };
}

/** One API as its consumers see it, for visitors and, below a tenant, for its members. */
export async function ApiPage({ params }: Props) {
  const { tenant = null, publisher, api } = await params;
  const found = await findApi(tenant, publisher, api);
  if (!found) notFound();
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.catalogue.get.queryOptions({ publisher, api }));
  return (
    <Hydrate tenant={tenant}>
      <ApiView viewer={await viewerOf(await pageContext(tenant), tenant)} publisher={publisher} slug={api} />
    </Hydrate>
  );
}
