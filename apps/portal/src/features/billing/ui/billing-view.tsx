'use client';

import { EmptyState } from '@parley/ui/empty-state';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { Wallet } from 'lucide-react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { AccountSection } from './account-section.tsx';

type Overview = RouterOutputs['billing']['overview'];

const ABOUT_STRIPE = {
  off: {
    tone: 'info',
    title: 'Card payments are off here',
    body: 'Whoever runs this Parley has set no Stripe account. Ask the publisher how to pay.',
  },
  simulated: {
    tone: 'warning',
    title: 'Card payments are simulated',
    body: 'They go to a Stripe simulator, not to Stripe: no money moves, and only test cards are taken.',
  },
  on: null,
} as const;

const DONE = {
  topUp: 'Your credit is there',
  card: 'Your card is on file',
  plan: 'Your plan is changed, and your card is on file',
} as const;

const NEWS_EVERY_MS = 2_000;

/** Every account with a publisher, and what came of the page that one returns from (`done`). */
export function BillingView({ done }: { done: string | null }) {
  const trpc = useTRPC();
  const overview = useQuery(
    trpc.billing.overview.queryOptions(
      {},
      // A payment counts once Stripe has told of it, which is a moment after the way back.
      { refetchInterval: ({ state }) => (isAwaited(state.data, done) ? NEWS_EVERY_MS : false) },
    ),
  );
  const error = faultOf(overview.error);
  const about = overview.data ? ABOUT_STRIPE[overview.data.stripe] : null;
  return (
    <Page>
      <PageHeader title="Billing" description="Your credit with publishers, what you owe them, and how it is paid." />
      {about && (
        <Notice tone={about.tone} title={about.title}>
          {about.body}
        </Notice>
      )}
      {overview.data && done !== null && <Outcome overview={overview.data} done={done} />}
      {error && <Notice tone="danger" title={error.message} />}
      {!overview.data && !error && <SkeletonRows rows={6} />}
      {overview.data?.accounts.length === 0 && (
        <EmptyState icon={<Wallet />} title="Nothing to pay">
          An account appears here when you use a plan that costs something. Plans and prices are in the catalogue.
        </EmptyState>
      )}
      {overview.data?.accounts.map((one) => (
        <AccountSection key={one.account.id} payments={one} cards={overview.data.stripe !== 'off'} />
      ))}
    </Page>
  );
}

const findCheckout = (overview: Overview | undefined, id: string | null) =>
  overview?.accounts.flatMap((one) => one.checkouts).find((checkout) => checkout.id === id);

const isAwaited = (overview: Overview | undefined, id: string | null): boolean =>
  findCheckout(overview, id)?.state === 'open';

/** What became of the page of Stripe’s that one comes back from. */
function Outcome({ overview, done }: { overview: Overview; done: string }) {
  const checkout = findCheckout(overview, done);
  if (!checkout) return null;
  if (checkout.state === 'open') {
    return (
      <Notice tone="info" title="Waiting for the payment to be confirmed">
        This takes a few seconds. You may leave the page.
      </Notice>
    );
  }
  if (checkout.state === 'expired')
    return <Notice tone="warning" title="That page has expired, and nothing was paid" />;
  return <Notice tone="success" title={DONE[checkout.kind]} />;
}
