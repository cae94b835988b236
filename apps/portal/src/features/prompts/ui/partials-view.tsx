'use client';

import { Button } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime } from '@parley/ui/format';
import { Notice } from '@parley/ui/page';
import { type Column, DataTable } from '@parley/ui/table';
import { useQuery } from '@tanstack/react-query';
import { Pencil, Plus, TextQuote } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { PartialSheet } from './partial-sheet.tsx';

type SharedText = RouterOutputs['prompts']['partials']['items'][number];

const COLUMNS: readonly Column<SharedText>[] = [
  {
    key: 'name',
    header: 'Shared text',
    sortValue: (row) => row.slug,
    cell: (row) => <span className="font-mono text-sm">{`{{> ${row.slug}}}`}</span>,
  },
  {
    key: 'text',
    header: 'Text',
    wide: true,
    csvValue: (row) => row.text,
    cell: (row) => <span className="line-clamp-1 text-muted">{row.text}</span>,
  },
  {
    key: 'version',
    header: 'Version',
    align: 'end',
    wide: true,
    sortValue: (row) => row.version,
    cell: (row) => row.version,
  },
  {
    key: 'changed',
    header: 'Changed',
    sortValue: (row) => row.createdAt,
    cell: (row) => (
      <span>
        <RelativeTime at={row.createdAt} />
        {row.createdBy && <span className="block text-faint text-xs">{row.createdBy}</span>}
      </span>
    ),
  },
];

/** Pieces of text that several prompts name, each in its latest version. */
export function PartialsView() {
  const trpc = useTRPC();
  const { can } = useShell();
  const mayWrite = can('prompts.write');
  const list = useQuery(trpc.prompts.partials.queryOptions({}));
  const [opened, setOpened] = useState<{ partial: SharedText | null } | null>(null);
  const fault = faultOf(list.error);
  const add = mayWrite && (
    <Button icon={<Plus className="size-4" />} onClick={() => setOpened({ partial: null })}>
      New shared text
    </Button>
  );
  if (fault) return <Notice tone="danger" title={fault.message} />;
  return (
    <>
      <DataTable
        label="Shared texts"
        columns={COLUMNS}
        rows={list.data?.items}
        rowKey={(row) => row.slug}
        filterText={(row) => `${row.slug} ${row.text}`}
        initialSort="name"
        urlName="shared"
        toolbar={(list.data?.items.length ?? 0) > 0 ? add : undefined}
        empty={
          <EmptyState icon={<TextQuote />} title="No shared text yet" action={add}>
            Write once what several prompts say, such as a tone or a legal note, and name it in them as {'{{> tone}}'}.
          </EmptyState>
        }
        rowActions={(row) => (
          <Button
            size="sm"
            variant="ghost"
            icon={<Pencil className="size-3.5" />}
            aria-label={`Open ${row.slug}`}
            onClick={() => setOpened({ partial: row })}
          >
            Open
          </Button>
        )}
      />
      {opened && (
        <PartialSheet
          key={opened.partial?.slug ?? ''}
          partial={opened.partial}
          mayWrite={mayWrite}
          onClose={() => setOpened(null)}
        />
      )}
    </>
  );
}
