'use client';

import { StateBadge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Notice } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useUrlState } from '@parley/ui/url-state';
import { useMutation, useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Plus } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { AliasesSection } from './aliases-section.tsx';
import type { Api } from './types.ts';
import { useRefresh } from './use-refresh.ts';
import { VersionPanel } from './version-panel.tsx';

/** The versions of an API beside the one that is open. */
export function VersionsPanel({ api }: { api: Api }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const refresh = useRefresh();
  const versions = useQuery(trpc.apis.versions.queryOptions({ api: api.slug }));
  const [open, setOpen] = useUrlState('version', '');
  const items = versions.data?.items;
  const current = items?.find(({ version }) => version === open) ?? items?.[0];
  const create = useMutation(
    trpc.apis.createVersion.mutationOptions({
      onSuccess: async (made) => {
        await refresh();
        setOpen(made.version);
      },
    }),
  );
  const add = (): void => create.mutate({ api: api.slug, ...(items?.[0] ? { copyFrom: items[0].version } : {}) });
  const fault = faultOf(versions.error ?? create.error);
  if (fault) return <Notice tone="danger" title={fault.message} />;
  if (!items) return <SkeletonRows rows={4} />;
  if (!current) {
    return (
      <EmptyState
        title="No version yet"
        action={
          can('apis.write') && (
            <Button variant="primary" busy={create.isPending} onClick={add}>
              Add version v1
            </Button>
          )
        }
      >
        A version says what the API serves, and lives from draft to retirement.
      </EmptyState>
    );
  }
  return (
    <div className="grid min-w-0 gap-6 lg:grid-cols-[11rem_minmax(0,1fr)]">
      <nav aria-label="Versions" className="flex gap-2 overflow-x-auto lg:flex-col">
        {items.map((version) => (
          <button
            key={version.id}
            type="button"
            aria-current={version.id === current.id ? 'true' : undefined}
            onClick={() => setOpen(version.version)}
            className={clsx(
              'flex shrink-0 items-center justify-between gap-3 rounded-md border px-3 py-2 text-left text-sm',
              version.id === current.id ? 'border-accent bg-accent-soft' : 'hover:bg-hover',
            )}
          >
            <span className="font-mono">{version.version}</span>
            <StateBadge state={version.state} />
          </button>
        ))}
        {can('apis.write') && (
          <Button
            size="sm"
            className="self-center lg:self-start"
            icon={<Plus className="size-3.5" />}
            busy={create.isPending}
            onClick={add}
          >
            New version
          </Button>
        )}
      </nav>
      <div className="flex min-w-0 flex-col gap-8">
        <VersionPanel key={current.id} api={api} version={current} />
        <AliasesSection api={api} versions={items} />
      </div>
    </div>
  );
}
