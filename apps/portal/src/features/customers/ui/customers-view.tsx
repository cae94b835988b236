'use client';

import { Button } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { type Column, DataTable } from '@parley/ui/table';
import { Tabs } from '@parley/ui/tabs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Building2, Gift } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { Amount } from './amount.tsx';
import { GiveCreditDialog } from './give-credit-dialog.tsx';
import { type Account, Standing } from './standing.tsx';
import { StatementsPanel } from './statements-panel.tsx';

const amount = (key: string, header: string, of: (account: Account) => string, wide = false): Column<Account> => ({
  key,
  header,
  align: 'end',
  wide,
  sortValue: (account) => Number(of(account)),
  csvValue: of,
  cell: (account) => <Amount value={of(account)} currency={account.currency} />,
});

const COLUMNS: readonly Column<Account>[] = [
  {
    key: 'customer',
    header: 'Customer',
    sortValue: ({ customer }) => customer.name,
    cell: ({ customer }) => <span className="font-medium">{customer.name}</span>,
  },
  {
    key: 'standing',
    header: 'Standing',
    sortValue: ({ standing }) => standing,
    cell: (account) => <Standing account={account} />,
  },
  amount('credit', 'Credit left', ({ credit }) => credit, true),
  amount('unbilled', 'Not invoiced yet', ({ unbilled }) => unbilled),
  amount('due', 'Due', ({ due }) => due, true),
];

/** Every billing account of the publisher, newest customers last, and what the publisher earned with them by month. */
export function CustomersView() {
  const { can } = useShell();
  const [giving, setGiving] = useState(false);
  return (
    <Page>
      <PageHeader
        title="Customers"
        description="Organisations on priced plans of your APIs: the credit they hold, what they have used and not been invoiced for, and what they owe."
        actions={
          can('billing.write') && (
            <Button icon={<Gift aria-hidden className="size-4" />} onClick={() => setGiving(true)}>
              Give credit
            </Button>
          )
        }
      />
      <Tabs
        label="Customers"
        tabs={[
          { value: 'accounts', label: 'Accounts', content: <Accounts /> },
          { value: 'statements', label: 'Statements', content: <StatementsPanel /> },
        ]}
      />
      {giving && <GiveCreditDialog onClose={() => setGiving(false)} />}
    </Page>
  );
}

function Accounts() {
  const trpc = useTRPC();
  const { tenant } = useShell();
  const accounts = useInfiniteQuery(
    trpc.customers.list.infiniteQueryOptions({ limit: 100 }, { getNextPageParam: (page) => page.nextCursor }),
  );
  const error = faultOf(accounts.error);
  return (
    <>
      {error && <Notice tone="danger" title={error.message} />}
      <DataTable
        label="Customers"
        columns={COLUMNS}
        rows={accounts.data?.pages.flatMap(({ items }) => items)}
        rowKey={({ id }) => id}
        rowHref={({ id }) => `/t/${tenant.slug}/customers/${id}`}
        filterText={({ customer }) => `${customer.name} ${customer.slug}`}
        more={
          accounts.hasNextPage ? { busy: accounts.isFetchingNextPage, load: () => void accounts.fetchNextPage() } : null
        }
        empty={
          <EmptyState icon={<Building2 />} title="No customers yet">
            An account is opened when a subscription to a plan with a price is approved, or when you give somebody
            credit.
          </EmptyState>
        }
      />
    </>
  );
}
