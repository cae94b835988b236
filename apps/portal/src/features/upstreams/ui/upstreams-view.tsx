'use client';

import { optionSentences, optionSummary } from '@parley/domain/upstreams/option-summary';
import { OPTION_WORDS, type OptionName } from '@parley/domain/upstreams/option-words';
import { Badge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { Duration, RelativeTime } from '@parley/ui/format';
import { Menu, MenuItem, MenuSeparator } from '@parley/ui/menu';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { type Column, DataTable } from '@parley/ui/table';
import { Tooltip } from '@parley/ui/tooltip';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { MoreHorizontal, Pencil, Plus, Server, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { type Upstream, UpstreamSheet } from './upstream-sheet.tsx';

const COLUMNS: readonly Column<Upstream>[] = [
  {
    key: 'name',
    header: 'Service',
    sortValue: (row) => row.name,
    cell: (row) => (
      <span className="flex flex-col">
        <span className="font-medium">{row.name}</span>
        <span className="font-mono text-faint text-xs">{row.slug}</span>
      </span>
    ),
  },
  {
    key: 'address',
    header: 'Address',
    sortValue: (row) => row.baseUrl,
    cell: (row) => <span className="break-all font-mono text-xs">{row.baseUrl}</span>,
  },
  {
    key: 'credential',
    header: 'Credential',
    wide: true,
    csvValue: (row) => row.authHeader,
    cell: (row) => (row.authHeader ? <Badge>in {row.authHeader}</Badge> : <span className="text-faint">none</span>),
  },
  {
    key: 'options',
    header: 'Guards',
    wide: true,
    csvValue: (row) => optionSentences(row.options).join(' '),
    cell: (row) => <Guards options={row.options} />,
  },
  {
    key: 'timeout',
    header: 'Answers within',
    align: 'end',
    wide: true,
    sortValue: (row) => row.totalTimeoutMs,
    cell: (row) => <Duration ms={row.totalTimeoutMs} />,
  },
  { key: 'routes', header: 'Routes', align: 'end', sortValue: (row) => row.routeCount, cell: (row) => row.routeCount },
  {
    key: 'changed',
    header: 'Changed',
    wide: true,
    sortValue: (row) => row.updatedAt,
    cell: (row) => <RelativeTime at={row.updatedAt} />,
  },
];

/** The options that are set, by name; each one's sentence on hover. */
function Guards({ options }: { options: Upstream['options'] }) {
  const set = (Object.keys(OPTION_WORDS) as OptionName[]).filter(
    (name) => options[name] != null && name !== 'baseWeight',
  );
  if (set.length === 0) return <span className="text-faint">none</span>;
  return (
    <span className="flex flex-wrap gap-1">
      {set.map((name) => (
        <Tooltip key={name} text={optionSummary(name, options[name] as never)}>
          <span>
            <Badge>{OPTION_WORDS[name].title}</Badge>
          </span>
        </Tooltip>
      ))}
    </span>
  );
}

/** The services routes lead to, as a table. */
export function UpstreamsView() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { can } = useShell();
  const mayWrite = can('upstreams.write');
  const list = useQuery(trpc.upstreams.list.queryOptions({ limit: 200 }));
  const [editing, setEditing] = useState<Upstream | 'new' | null>(null);
  const [leaving, setLeaving] = useState<Upstream | null>(null);
  const remove = useMutation(
    trpc.upstreams.delete.mutationOptions({
      onSuccess: () => {
        setLeaving(null);
        return queries.invalidateQueries(trpc.upstreams.pathFilter());
      },
    }),
  );
  const fault = faultOf(list.error);
  const empty = list.data?.items.length === 0;
  return (
    <Page>
      <PageHeader
        title="Upstreams"
        description="Your own services. The routes of a REST API lead to them; callers never see their addresses."
        actions={
          mayWrite &&
          !empty && (
            <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setEditing('new')}>
              Add upstream
            </Button>
          )
        }
      />
      {fault ? (
        <Notice tone="danger" title={fault.message} />
      ) : (
        <DataTable
          label="Upstreams"
          columns={COLUMNS}
          rows={list.data?.items}
          rowKey={(row) => row.id}
          filterText={(row) => `${row.name} ${row.slug} ${row.baseUrl}`}
          initialSort="name"
          empty={
            <EmptyState
              icon={<Server />}
              title="No upstream yet"
              action={
                mayWrite && (
                  <Button variant="primary" onClick={() => setEditing('new')}>
                    Add an upstream
                  </Button>
                )
              }
            >
              Add a service you already run, then publish it as an API with plans, keys and limits.
            </EmptyState>
          }
          rowActions={
            mayWrite
              ? (row) => (
                  <Menu
                    trigger={
                      <IconButton label={`More for ${row.name}`} size="sm">
                        <MoreHorizontal />
                      </IconButton>
                    }
                  >
                    <MenuItem icon={<Pencil />} onSelect={() => setEditing(row)}>
                      Edit
                    </MenuItem>
                    <MenuSeparator />
                    <MenuItem danger icon={<Trash2 />} onSelect={() => setLeaving(row)}>
                      Delete
                    </MenuItem>
                  </Menu>
                )
              : undefined
          }
        />
      )}
      {editing && <UpstreamSheet upstream={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      <ConfirmDialog
        open={leaving !== null}
        onOpenChange={() => {
          remove.reset();
          setLeaving(null);
        }}
        title={`Delete ${leaving?.name ?? ''}?`}
        consequence={
          (leaving?.routeCount ?? 0) > 0
            ? 'Routes lead to this upstream, so it cannot be deleted yet. Point them elsewhere first.'
            : 'Its address and credential are deleted. Earlier revisions that used it can no longer be rolled back to.'
        }
        confirmLabel="Delete upstream"
        busy={remove.isPending}
        error={faultOf(remove.error)?.message}
        onConfirm={() => leaving && remove.mutate({ upstream: leaving.slug })}
      />
    </Page>
  );
}
