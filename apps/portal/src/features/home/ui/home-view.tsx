'use client';

import { Notice, Page } from '@parley/ui/page';
import { Skeleton } from '@parley/ui/skeleton';
import { useUrlState } from '@parley/ui/url-state';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { Dashboard } from './dashboard.tsx';
import { FirstSteps } from './first-steps.tsx';

const VIEWS = ['published', 'consumed'] as const;
/** While somebody waits for their first call to show. */
const WATCHING_MS = 2_500;
const IDLE_MS = 30_000;

/** First steps until the first call, then the dashboard. Who came for the steps leaves them by their own choice. */
export function HomeView() {
  const trpc = useTRPC();
  const [view, setView] = useUrlState('view', '');
  const [left, setLeft] = useState(false);
  const [guided, setGuided] = useState(false);
  const chosen = VIEWS.find((one) => one === view);
  const input = chosen ? { view: chosen } : {};
  const overview = useQuery(
    trpc.home.overview.queryOptions(input, {
      placeholderData: keepPreviousData,
      refetchInterval: (query) => (query.state.data?.established === false ? WATCHING_MS : IDLE_MS),
    }),
  );
  const error = faultOf(overview.error);
  if (error && !overview.data) {
    return (
      <Page>
        <Notice tone="danger" title={error.message} />
      </Page>
    );
  }
  if (!overview.data) {
    return (
      <Page>
        <Skeleton className="h-7 w-48" />
        <Skeleton className="h-24 w-full" />
        <Skeleton className="h-64 w-full" />
      </Page>
    );
  }
  if (!overview.data.established && !guided) setGuided(true);
  const steps = !left && (guided || !overview.data.established);
  return (
    <Page>
      {steps ? (
        <FirstSteps overview={overview.data} onLeave={() => setLeft(true)} />
      ) : (
        <Dashboard overview={overview.data} onView={setView} />
      )}
    </Page>
  );
}
