'use client';

import { Badge, type Tone } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { RelativeTime } from '@parley/ui/format';
import { Section } from '@parley/ui/page';
import { Segmented } from '@parley/ui/segmented';
import { useUrlState } from '@parley/ui/url-state';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';

type Event = RouterOutputs['system']['stripeEvents']['items'][number];

const STATES: Readonly<Record<Event['state'], { word: string; tone: Tone }>> = {
  done: { word: 'Done', tone: 'success' },
  waiting: { word: 'Waiting', tone: 'neutral' },
  failed: { word: 'Failed', tone: 'danger' },
};
const FILTERS = [
  { value: 'all', label: 'All' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'failed', label: 'Failed' },
];

/** What Stripe told of the tenant's customers and what came of it. Nothing is shown where Stripe never told anything. */
export function StripeEvents() {
  const trpc = useTRPC();
  const [shown, setShown] = useUrlState('stripe', 'all');
  const state = shown === 'waiting' || shown === 'failed' ? shown : undefined;
  const events = useQuery(
    trpc.system.stripeEvents.queryOptions(state === undefined ? {} : { state }, { refetchInterval: 15_000 }),
  );
  const items = events.data?.items ?? [];
  if (items.length === 0 && state === undefined) return null;
  return (
    <Section
      title="What Stripe told"
      description="Payments, refunds and failures of your customers, the newest hundred. What fails is tried again for days, and then waits here."
      actions={<Segmented label="Which events" value={state ?? 'all'} onChange={setShown} segments={FILTERS} />}
    >
      {items.length === 0 ? (
        <p className="text-muted text-sm">{state === 'failed' ? 'None has failed.' : 'None is waiting.'}</p>
      ) : (
        <ul className="divide-y rounded-md border bg-surface">
          {items.map((event) => (
            <EventRow key={event.id} event={event} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function EventRow({ event }: { event: Event }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const queries = useQueryClient();
  const retry = useMutation(
    trpc.system.retryStripeEvent.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.system.stripeEvents.queryFilter()),
    }),
  );
  const error = faultOf(retry.error);
  return (
    <li className="flex flex-col gap-2 px-4 py-3 md:flex-row md:items-start md:gap-6">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="break-all font-mono text-sm">{event.type}</span>
          <Badge tone={STATES[event.state].tone} dot>
            {STATES[event.state].word}
          </Badge>
        </div>
        {event.outcome && <p className="text-muted text-sm">{event.outcome}</p>}
        {event.problem && event.state !== 'done' && (
          <p className="break-words rounded-sm bg-sunken px-2.5 py-1.5 font-mono text-xs">{event.problem}</p>
        )}
        <p className="flex flex-wrap items-center gap-x-3 text-faint text-xs">
          <span>
            told <RelativeTime at={event.receivedAt} />
          </span>
          {event.tries > 1 && <span>{event.tries} tries</span>}
          {event.nextTryAt && (
            <span>
              next try <RelativeTime at={event.nextTryAt} />
            </span>
          )}
          <span className="break-all font-mono">{event.id}</span>
        </p>
        {error && (
          <p role="alert" className="text-danger-text text-sm">
            {error.message}
          </p>
        )}
      </div>
      {event.state === 'failed' && can('system.write') && (
        <Button
          size="sm"
          icon={<RotateCcw aria-hidden className="size-3.5" />}
          busy={retry.isPending}
          onClick={() => retry.mutate({ event: event.id })}
        >
          Retry
        </Button>
      )}
    </li>
  );
}
