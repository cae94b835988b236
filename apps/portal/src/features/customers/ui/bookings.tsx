'use client';

import { Button } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime, ShortId } from '@parley/ui/format';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useInfiniteQuery } from '@tanstack/react-query';
import { BookOpen } from 'lucide-react';
import { useTRPC } from '@/trpc/client.tsx';
import type { RouterOutputs } from '@/trpc/root.ts';
import { Amount } from './amount.tsx';

type Booking = RouterOutputs['customers']['ledger']['items'][number];
type Kind = Booking['kind'];
type LedgerAccount = Booking['entries'][number]['account'];

const KINDS: Readonly<Record<Kind, string>> = {
  accrual: 'Use was rated',
  draw: 'Credit paid for use',
  give_back: 'Credit was given back',
  grant: 'Credit was given',
  expire: 'Credit ended',
  void: 'Credit was taken back',
  invoice: 'An invoice was issued',
  payment: 'A payment came in',
  refund: 'Money was paid back',
  void_invoice: 'An invoice was voided',
  write_off: 'An invoice was given up',
};

const ACCOUNTS: Readonly<Record<LedgerAccount, string>> = {
  unbilled: 'used, not invoiced',
  receivable: 'owed by the customer',
  cash: 'paid in',
  credit_purchased: 'credit paid for',
  credit_promotional: 'credit given',
  promotion: 'cost of gifts',
  breakage: 'credit that ran out',
  publisher_share: 'revenue',
  platform_share: 'operator’s share',
  tax: 'tax',
  write_off: 'written off',
  refund: 'owed back',
};

/** The ledger of an account: each booking with its two sides or more. */
export function Bookings({ accountId, currency }: { accountId: string; currency: string }) {
  const trpc = useTRPC();
  const ledger = useInfiniteQuery(
    trpc.customers.ledger.infiniteQueryOptions(
      { account: accountId, limit: 25 },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  if (!ledger.data) return <SkeletonRows rows={4} />;
  const bookings = ledger.data.pages.flatMap(({ items }) => items);
  if (bookings.length === 0) {
    return (
      <EmptyState icon={<BookOpen />} title="Nothing booked yet">
        Use is booked within a minute of the calls.
      </EmptyState>
    );
  }
  return (
    <>
      <ol className="divide-y rounded-md border bg-surface">
        {bookings.map((booking) => (
          <li key={booking.id} className="flex flex-col gap-1.5 px-4 py-3 text-sm">
            <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              <span className="text-faint text-xs tabular-nums">{booking.sequence}</span>
              <span className="min-w-0 flex-1 font-medium">{KINDS[booking.kind]}</span>
              <span className="text-muted text-xs">
                <RelativeTime at={booking.bookedAt} />
              </span>
              <ShortId id={booking.id} />
            </p>
            {booking.note && <p className="break-words text-muted text-xs">{booking.note}</p>}
            <Entries entries={booking.entries} currency={currency} />
          </li>
        ))}
      </ol>
      {ledger.hasNextPage && (
        <div>
          <Button busy={ledger.isFetchingNextPage} onClick={() => void ledger.fetchNextPage()}>
            Older bookings
          </Button>
        </div>
      )}
    </>
  );
}

function Entries({ entries, currency }: { entries: Booking['entries']; currency: string }) {
  if (entries.length === 0) return <p className="text-muted text-xs">Within what the plan includes: nothing to pay.</p>;
  return (
    <ul className="flex flex-col gap-0.5 text-xs">
      {entries.map(({ account, amount, period, grantId, invoiceId }) => (
        <li key={`${account} ${period} ${grantId} ${invoiceId} ${amount}`} className="flex justify-between gap-4">
          <span className="min-w-0 text-muted">
            {ACCOUNTS[account]}
            {period && ` in ${period}`}
          </span>
          <Amount value={amount} currency={currency} exact />
        </li>
      ))}
    </ul>
  );
}
