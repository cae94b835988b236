'use client';

import { EmptyState } from '@parley/ui/empty-state';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { DataTable } from '@parley/ui/table';
import { useInfiniteQuery } from '@tanstack/react-query';
import { ReceiptText } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { CreditNotes } from './credit-notes.tsx';
import { InvoiceActs } from './invoice-acts.tsx';
import { invoiceColumns } from './invoice-columns.tsx';

type Issued = RouterOutputs['invoices']['issued']['items'][number];

/** What the tenant was invoiced, and, where it publishes priced plans, what it has invoiced. */
export function InvoicesView() {
  const trpc = useTRPC();
  const { tenant } = useShell();
  const page = { getNextPageParam: (last: { nextCursor: string | null }) => last.nextCursor };
  const received = useInfiniteQuery(trpc.invoices.received.infiniteQueryOptions({ limit: 50 }, page));
  const issued = useInfiniteQuery(trpc.invoices.issued.infiniteQueryOptions({ limit: 50 }, page));
  const error = faultOf(received.error) ?? faultOf(issued.error);
  const sent = issued.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page>
      <PageHeader
        title="Invoices"
        description="One for each publisher and month, a day after the month is over. What comes to light later is on the next one."
      />
      {error && <Notice tone="danger" title={error.message} />}
      <DataTable
        label="Received invoices"
        columns={invoiceColumns(tenant.slug, 'publisher')}
        rows={received.data?.pages.flatMap(({ items }) => items)}
        rowKey={({ id }) => id}
        more={
          received.hasNextPage ? { busy: received.isFetchingNextPage, load: () => void received.fetchNextPage() } : null
        }
        empty={
          <EmptyState icon={<ReceiptText />} title="No invoices yet">
            Once your applications use a plan with a price, each month’s invoice is kept here.
          </EmptyState>
        }
      />
      {sent.length > 0 && (
        <section className="mt-8 space-y-3">
          <h2 className="text-lg font-semibold">Issued to your customers</h2>
          <DataTable
            label="Issued invoices"
            columns={issuedColumns(tenant.slug)}
            rows={sent}
            rowKey={({ id }) => id}
            filterText={({ customer, name }) => `${customer.name} ${name}`}
            more={
              issued.hasNextPage ? { busy: issued.isFetchingNextPage, load: () => void issued.fetchNextPage() } : null
            }
            empty={null}
          />
        </section>
      )}
      <CreditNotes />
    </Page>
  );
}

const issuedColumns = (tenantSlug: string) => [
  ...invoiceColumns(tenantSlug, 'customer'),
  { key: 'acts', header: 'Acts', cell: (invoice: Issued) => <InvoiceActs invoice={invoice} /> },
];
