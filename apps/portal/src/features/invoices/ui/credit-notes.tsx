'use client';

import { parseAmount } from '@parley/kernel/money';
import { Money } from '@parley/ui/format';
import { type Column, DataTable } from '@parley/ui/table';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import type { RouterOutputs } from '@/trpc/root.ts';

type Note = RouterOutputs['invoices']['creditNotes']['items'][number];

function columns(tenantSlug: string): readonly Column<Note>[] {
  const file = ({ id }: Note, format: 'pdf' | 'html') =>
    `/api/credit-notes/${id}?tenant=${encodeURIComponent(tenantSlug)}&format=${format}`;
  return [
    {
      key: 'name',
      header: 'Credit note',
      sortValue: ({ createdAt }) => createdAt,
      cell: (note) => (
        <a className="font-medium underline" href={file(note, 'html')} target="_blank" rel="noopener">
          {note.name}
        </a>
      ),
    },
    {
      key: 'other',
      header: 'From or to',
      sortValue: ({ issued, publisher, customer }) => (issued ? customer : publisher),
      cell: ({ issued, publisher, customer }) => (issued ? `To ${customer}` : `From ${publisher}`),
    },
    { key: 'invoice', header: 'For', sortValue: ({ invoice }) => invoice, cell: ({ invoice }) => invoice },
    { key: 'reason', header: 'Reason', wide: true, cell: ({ reason }) => reason },
    {
      key: 'amount',
      header: 'Amount',
      align: 'end',
      sortValue: ({ amount }) => Number(amount),
      csvValue: ({ amount }) => amount,
      cell: ({ amount, currency }) => <Money nano={parseAmount(amount) ?? 0n} currency={currency} />,
    },
    {
      key: 'file',
      header: 'File',
      cell: (note) => (
        <a className="underline" href={file(note, 'pdf')} download aria-label={`${note.name} as PDF`}>
          PDF
        </a>
      ),
    },
  ];
}

/** Credit notes of both directions; nothing where there are none. */
export function CreditNotes() {
  const trpc = useTRPC();
  const { tenant } = useShell();
  const page = { getNextPageParam: (last: { nextCursor: string | null }) => last.nextCursor };
  const notes = useInfiniteQuery(trpc.invoices.creditNotes.infiniteQueryOptions({ limit: 50 }, page));
  const rows = notes.data?.pages.flatMap(({ items }) => items) ?? [];
  if (rows.length === 0) return null;
  return (
    <section className="mt-8 space-y-3">
      <h2 className="font-semibold text-lg">Credit notes</h2>
      <DataTable
        label="Credit notes"
        columns={columns(tenant.slug)}
        rows={rows}
        rowKey={({ id }) => id}
        more={notes.hasNextPage ? { busy: notes.isFetchingNextPage, load: () => void notes.fetchNextPage() } : null}
        empty={null}
      />
    </section>
  );
}
