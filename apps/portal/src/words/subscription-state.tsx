import { RelativeTime } from '@parley/ui/format';
import type { ReactNode } from 'react';

/** What the sentence about a subscription is made of, as its consumer knows it. */
export interface SubscriptionFacts {
  readonly state: 'requested' | 'approved' | 'refused' | 'suspended' | 'revoked' | 'expired' | 'cancelled';
  readonly publisher: { readonly name: string };
  readonly plan: { readonly approval: 'auto' | 'manual' };
  readonly requestedAt: string;
  readonly decidedAt: string | null;
  readonly decisionReason: string;
  readonly expiresAt: string | null;
}

/** How a subscription stands for its consumer, as a sentence: who has the next move, since when, and why. */
export function SubscriptionState({ subscription }: { subscription: SubscriptionFacts }) {
  return WORDS[subscription.state](subscription);
}

const since = (one: SubscriptionFacts) => <RelativeTime at={one.decidedAt ?? one.requestedAt} />;
const why = (one: SubscriptionFacts) => (one.decisionReason ? ` “${one.decisionReason}”` : '');

const WORDS: Readonly<Record<SubscriptionFacts['state'], (one: SubscriptionFacts) => ReactNode>> = {
  requested: (one) => (
    <>
      Waiting for {one.publisher.name} to decide; asked <RelativeTime at={one.requestedAt} />. Calls are refused until
      then.
    </>
  ),
  approved: (one) => (
    <>
      {one.plan.approval === 'auto' ? 'Granted' : `Approved by ${one.publisher.name}`} {since(one)}.
      {one.expiresAt && (
        <>
          {' '}
          Ends <RelativeTime at={one.expiresAt} />.
        </>
      )}
      {why(one)}
    </>
  ),
  refused: (one) => (
    <>
      Refused by {one.publisher.name} {since(one)}:{why(one)} You may ask again.
    </>
  ),
  suspended: (one) => (
    <>
      Paused by {one.publisher.name} {since(one)}; calls are refused until they resume it.{why(one)}
    </>
  ),
  revoked: (one) => (
    <>
      Revoked by {one.publisher.name} {since(one)}:{why(one)}
    </>
  ),
  expired: (one) => (
    <>
      Ended <RelativeTime at={one.expiresAt ?? one.decidedAt} /> as agreed. You may subscribe again.
    </>
  ),
  cancelled: () => <>Cancelled from your side.</>,
};
