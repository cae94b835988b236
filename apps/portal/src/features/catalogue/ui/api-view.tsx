'use client';

import { Badge } from '@parley/ui/badge';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime } from '@parley/ui/format';
import { Markdown } from '@parley/ui/markdown';
import { Notice, Page, PageHeader, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { Tabs } from '@parley/ui/tabs';
import { useUrlState } from '@parley/ui/url-state';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { CallPanel } from './call-panel.tsx';
import { KIND_WORDS } from './kind-words.ts';
import { PlanList } from './plan-list.tsx';
import { readOperations } from './read-reference.ts';
import { Reference } from './reference.tsx';
import { SubscribeButton } from './subscribe-button.tsx';
import { SubscriptionLines } from './subscription-lines.tsx';
import { VersionList } from './version-list.tsx';
import { catalogueHref, type Viewer } from './viewer.ts';

export type CatalogueApi = RouterOutputs['catalogue']['get'];

/** What an API does, how to call it, on which terms, and how it changed; the console beside it. */
export function ApiView({ viewer, publisher, slug }: { viewer: Viewer; publisher: string; slug: string }) {
  const trpc = useTRPC();
  const { data: api, error } = useQuery(trpc.catalogue.get.queryOptions({ publisher, api: slug }));
  if (api) return <ApiDetail viewer={viewer} api={api} />;
  const fault = faultOf(error);
  return <Page>{fault ? <Notice tone="danger" title={fault.message} /> : <SkeletonRows />}</Page>;
}

function ApiDetail({ viewer, api }: { viewer: Viewer; api: CatalogueApi }) {
  const [versionName, setVersion] = useUrlState('version', api.versions[0]?.version ?? '');
  const version = api.versions.find((one) => one.version === versionName) ?? api.versions[0];
  const operations = useMemo(() => readOperations(version?.reference), [version]);
  const [operationId, setOperation] = useState<string | null>(null);
  const operation =
    operations.find((one) => one.id === operationId) ?? operations.find((one) => one.streams) ?? operations[0];
  return (
    <Page>
      <PageHeader
        crumbs={[{ label: 'Catalogue', href: catalogueHref(viewer) }]}
        title={api.name}
        badge={<Badge>{KIND_WORDS[api.kind].label}</Badge>}
        description={api.summary || KIND_WORDS[api.kind].means}
        actions={<SubscribeButton viewer={viewer} api={api} />}
      />
      <p className="-mt-4 flex flex-wrap gap-x-2 text-faint text-xs">
        <span>by {api.publisher.name}</span>
        {api.category && (
          <>
            <span aria-hidden>·</span>
            <span>{api.category}</span>
          </>
        )}
        {api.tags.length > 0 && <span aria-hidden>·</span>}
        {api.tags.map((tag) => (
          <span key={tag}>#{tag}</span>
        ))}
      </p>
      {version && version.state !== 'published' && <StateNotice version={version} />}
      <SubscriptionLines viewer={viewer} api={api} />
      <div className="grid min-w-0 gap-8 lg:grid-cols-[minmax(0,1fr)_26rem]">
        <div className="min-w-0">
          <Tabs
            label={`About ${api.name}`}
            tabs={[
              {
                value: 'about',
                label: 'About',
                content: (
                  <div className="flex flex-col gap-8">
                    {api.description && <Markdown text={api.description} />}
                    <Section title="Plans">
                      <PlanList api={api} />
                    </Section>
                  </div>
                ),
              },
              {
                value: 'reference',
                label: 'Reference',
                count: operations.length,
                content: (
                  <Reference
                    operations={operations}
                    baseUrl={version?.baseUrl ?? ''}
                    chosen={operation?.id ?? ''}
                    onTry={(id) => {
                      setOperation(id);
                      document.getElementById('call-it')?.scrollIntoView({ block: 'start', behavior: 'smooth' });
                    }}
                  />
                ),
              },
              {
                value: 'versions',
                label: 'Versions',
                count: api.versions.length,
                content: <VersionList api={api} shown={version?.version ?? ''} onShow={setVersion} />,
              },
            ]}
          />
        </div>
        <aside id="call-it" aria-label="Call it" className="min-w-0 scroll-mt-6 lg:sticky lg:top-6 lg:self-start">
          {operation && version ? (
            <CallPanel
              key={`${version.version} ${operation.id}`}
              viewer={viewer}
              api={api}
              baseUrl={version.baseUrl}
              operation={operation}
              operations={operations}
              onOperation={setOperation}
            />
          ) : (
            <EmptyState title="No reference yet">The publisher has not described what can be called.</EmptyState>
          )}
        </aside>
      </div>
    </Page>
  );
}

function StateNotice({ version }: { version: CatalogueApi['versions'][number] }) {
  if (version.state === 'retired') {
    return (
      <Notice tone="danger" title={`${version.version} is retired`}>
        Calls to it are refused. Move to a newer version.
      </Notice>
    );
  }
  return (
    <Notice tone="warning" title={`${version.version} is deprecated`}>
      {version.sunsetAt ? (
        <>
          It stops answering <RelativeTime at={version.sunsetAt} />. Move to a newer version before then.
        </>
      ) : (
        'It still answers, and will not get better. Move to a newer version when you can.'
      )}
    </Notice>
  );
}
