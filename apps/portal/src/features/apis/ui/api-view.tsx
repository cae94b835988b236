'use client';

import { Badge } from '@parley/ui/badge';
import { ButtonLink } from '@parley/ui/button';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { Skeleton } from '@parley/ui/skeleton';
import { Tabs } from '@parley/ui/tabs';
import { useQuery } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { ApiOverview } from './api-overview.tsx';
import { ApiSettings } from './api-settings.tsx';
import { EventsPanel } from './events/events-panel.tsx';
import { PlansPanel } from './plans-panel.tsx';
import { SubscribersPanel } from './subscribers-panel.tsx';
import { VersionsPanel } from './versions-panel.tsx';
import { KINDS } from './words.ts';

/** Everything about one API, in tabs. */
export function ApiView({ slug }: { slug: string }) {
  const trpc = useTRPC();
  const { href, tenant, can } = useShell();
  const api = useQuery(trpc.apis.get.queryOptions({ api: slug }));
  const fault = faultOf(api.error);
  if (fault) {
    return (
      <Page>
        <Notice tone="danger" title={fault.message} />
      </Page>
    );
  }
  if (!api.data) return <Skeleton className="m-8 h-96" />;
  const { data } = api;
  return (
    <Page>
      <PageHeader
        title={data.name}
        description={data.summary || undefined}
        crumbs={[{ label: 'APIs', href: href('apis') }]}
        badge={<Badge>{KINDS[data.kind].label}</Badge>}
        actions={
          data.publishedAt && (
            <ButtonLink href={href(`catalogue/${tenant.slug}/${slug}`)}>As subscribers see it</ButtonLink>
          )
        }
      />
      <Tabs
        label={data.name}
        tabs={[
          { value: 'overview', label: 'Overview', content: <ApiOverview api={data} /> },
          { value: 'versions', label: 'Versions', count: data.versions.length, content: <VersionsPanel api={data} /> },
          { value: 'plans', label: 'Plans', count: data.planCount, content: <PlansPanel api={data} /> },
          {
            value: 'subscribers',
            label: 'Subscribers',
            count: data.subscriberCount,
            content: <SubscribersPanel api={data} />,
          },
          ...(data.kind === 'rest' ? [{ value: 'events', label: 'Events', content: <EventsPanel api={data} /> }] : []),
          ...(can('apis.write') ? [{ value: 'settings', label: 'Settings', content: <ApiSettings api={data} /> }] : []),
        ]}
      />
    </Page>
  );
}
