import { Hydrate, pageContext, pageQueries } from '@/trpc/server.tsx';
import { viewerOf } from '../server/viewer.ts';
import { CatalogueView } from './catalogue-view.tsx';

interface Props {
  readonly params: Promise<{ tenant?: string }>;
}

export const catalogueMetadata = {
  title: 'Catalogue',
  description: 'APIs, prompts and models you can subscribe to.',
};

/** The catalogue, for visitors and, below a tenant, for its members. */
export async function CataloguePage({ params }: Props) {
  const tenant = (await params).tenant ?? null;
  const context = await pageContext(tenant);
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.catalogue.list.queryOptions({}));
  return (
    <Hydrate tenant={tenant}>
      <CatalogueView viewer={await viewerOf(context, tenant)} />
    </Hydrate>
  );
}
