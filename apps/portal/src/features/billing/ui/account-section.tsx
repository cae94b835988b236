'use client';

import { parseAmount } from '@parley/kernel/money';
import { Badge, type Tone } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Stat } from '@parley/ui/card';
import { Money, RelativeTime } from '@parley/ui/format';
import { Notice, Section } from '@parley/ui/page';
import { useMutation } from '@tanstack/react-query';
import { CreditCard } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { BuyCreditDialog } from './buy-credit-dialog.tsx';
import { DetailsDialog } from './details-dialog.tsx';
import { RunningInvoice } from './running-invoice.tsx';

type Payments = RouterOutputs['billing']['overview']['accounts'][number];
type Standing = Payments['account']['standing'];

const STANDINGS: Readonly<Record<Standing, { word: string; tone: Tone; means: string | null }>> = {
  good: { word: 'In good standing', tone: 'success', means: null },
  grace: {
    word: 'Payment failed',
    tone: 'warning',
    means:
      'Everything goes on for now. Leave a card that works, or calls that cost something are refused after a week.',
  },
  restricted: {
    word: 'Restricted',
    tone: 'warning',
    means: 'Only what your plans include is answered. A payment lifts this at once.',
  },
  suspended: { word: 'Suspended', tone: 'danger', means: 'No call is answered. A payment lifts this at once.' },
};

/** One account with a publisher: what is there, what is owed, and what one can do about it. */
export function AccountSection({ payments, cards }: { payments: Payments; cards: boolean }) {
  const { account, card, grants } = payments;
  const { can } = useShell();
  const trpc = useTRPC();
  const [buying, setBuying] = useState(false);
  const [naming, setNaming] = useState(false);
  const goThere = { onSuccess: ({ url }: { url: string }) => window.location.assign(url) };
  const keep = useMutation(trpc.billing.keepCard.mutationOptions(goThere));
  const portal = useMutation(trpc.billing.openPortal.mutationOptions(goThere));
  const standing = STANDINGS[account.standing];
  const fault = faultOf(keep.error) ?? faultOf(portal.error);
  const money = (value: string) => <Money nano={parseAmount(value) ?? 0n} currency={account.currency} />;
  const left = grants.filter((grant) => grant.ended === null && (parseAmount(grant.remaining) ?? 0n) > 0n);
  return (
    <Section title={account.publisher.name} description={`Everything in ${account.currency}.`}>
      {standing.means && (
        <Notice tone={standing.tone === 'danger' ? 'danger' : 'warning'} title={standing.word}>
          {standing.means} {account.standingReason}
        </Notice>
      )}
      {fault && <Notice tone="danger" title={fault.message} />}
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-3">
        <Stat label="Credit left" value={money(account.credit)} note="Spent before anything is invoiced" />
        <Stat label="Not invoiced yet" value={money(account.unbilled)} note="Used, beyond what credit paid" />
        <Stat label="Due" value={money(account.due)} note="Invoiced and not paid yet" />
      </div>
      <div className="flex flex-wrap items-center gap-3 text-sm">
        <Badge tone={standing.tone} dot>
          {standing.word}
        </Badge>
        <span className="flex min-w-0 flex-1 items-center gap-2">
          <CreditCard aria-hidden className="size-4 shrink-0" />
          {card ? `${card.brand} ending in ${card.last4}, until ${card.expires}` : 'No card on file'}
        </span>
        {can('billing.write') && (
          <Button size="sm" onClick={() => setNaming(true)}>
            Details for invoices
          </Button>
        )}
        {cards && can('billing.write') && (
          <>
            <Button size="sm" busy={portal.isPending} onClick={() => portal.mutate({ account: account.id })}>
              Receipts and cards
            </Button>
            <Button size="sm" busy={keep.isPending} onClick={() => keep.mutate({ account: account.id })}>
              {card ? 'Use another card' : 'Leave a card'}
            </Button>
            <Button size="sm" variant="primary" onClick={() => setBuying(true)}>
              Buy credit
            </Button>
          </>
        )}
      </div>
      <RunningInvoice account={account.id} />
      {left.length > 0 && (
        <ul className="divide-y rounded-md border bg-surface">
          {left.map((grant) => (
            <li key={grant.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 text-sm">
              <span className="min-w-0 flex-1">
                {money(grant.remaining)} left of {money(grant.amount)}
                {grant.note && <span className="block break-words text-muted text-xs">{grant.note}</span>}
              </span>
              <span className="text-muted text-xs">
                since <RelativeTime at={grant.createdAt} />
                {grant.expiresAt && (
                  <>
                    , ends <RelativeTime at={grant.expiresAt} />
                  </>
                )}
              </span>
              <Badge>{grant.kind === 'purchased' ? 'Bought' : 'Gift'}</Badge>
            </li>
          ))}
        </ul>
      )}
      {naming && <DetailsDialog account={account} onClose={() => setNaming(false)} />}
      {buying && <BuyCreditDialog account={account} onClose={() => setBuying(false)} />}
    </Section>
  );
}
