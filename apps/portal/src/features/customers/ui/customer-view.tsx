'use client';

import { Button } from '@parley/ui/button';
import { Stat } from '@parley/ui/card';
import { Notice, Page, PageHeader, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { Gift } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { Amount } from './amount.tsx';
import { Bookings } from './bookings.tsx';
import { CreditList } from './credit-list.tsx';
import { GiveCreditDialog } from './give-credit-dialog.tsx';
import { InvoiceDetails } from './invoice-details.tsx';
import { RunningInvoice } from './running-invoice.tsx';
import { type Account, Standing, standingInWords } from './standing.tsx';

/** One account: how it stands, what it holds and owes, its credit, and its ledger. */
export function CustomerView({ accountId }: { accountId: string }) {
  const trpc = useTRPC();
  const { tenant, can } = useShell();
  const [giving, setGiving] = useState(false);
  const account = useQuery(trpc.customers.get.queryOptions({ account: accountId }));
  const error = faultOf(account.error);
  const customers = { label: 'Customers', href: `/t/${tenant.slug}/customers` };
  if (!account.data) {
    return (
      <Page>
        <PageHeader title="Customer" crumbs={[customers]} />
        {error ? <Notice tone="danger" title={error.message} /> : <SkeletonRows rows={6} />}
      </Page>
    );
  }
  return (
    <Page>
      <PageHeader
        title={account.data.customer.name}
        crumbs={[customers]}
        description={standingInWords(account.data)}
        badge={<Standing account={account.data} />}
        actions={
          can('billing.write') && (
            <Button icon={<Gift aria-hidden className="size-4" />} onClick={() => setGiving(true)}>
              Give credit
            </Button>
          )
        }
      />
      <Balances account={account.data} />
      <Section
        title="Credit"
        description="Spent in this order: lower priority first, then what ends first, gifts before what was paid for."
      >
        <CreditList accountId={accountId} currency={account.data.currency} />
      </Section>
      <RunningInvoice accountId={accountId} />
      <InvoiceDetails account={account.data} />
      <Section
        title="Ledger"
        description="Every booking, newest first. Nothing here is ever changed; a correction is a booking of its own."
      >
        <Bookings accountId={accountId} currency={account.data.currency} />
      </Section>
      {giving && <GiveCreditDialog customer={account.data.customer.slug} onClose={() => setGiving(false)} />}
    </Page>
  );
}

function Balances({ account }: { account: Account }) {
  const { currency } = account;
  return (
    <div className="grid grid-cols-1 gap-3 sm:grid-cols-2 xl:grid-cols-4">
      <Stat
        label="Credit left"
        value={<Amount value={account.credit} currency={currency} />}
        note={
          <>
            <Amount value={account.purchasedCredit} currency={currency} /> of it paid for
          </>
        }
      />
      <Stat
        label="Not invoiced yet"
        value={<Amount value={account.unbilled} currency={currency} />}
        note="Used, beyond what credit paid"
      />
      <Stat label="Due" value={<Amount value={account.due} currency={currency} />} note="Invoiced and not paid yet" />
      <Stat
        label="Owed back"
        value={<Amount value={account.owedBack} currency={currency} />}
        note="Paid too much, or credit taken back"
      />
    </div>
  );
}
