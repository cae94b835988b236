'use client';

import { Notice, Page, PageHeader, Section } from '@parley/ui/page';
import { Segmented } from '@parley/ui/segmented';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useUrlState } from '@parley/ui/url-state';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { FailedJobs } from './failed-jobs.tsx';
import { HealthTiles } from './health-tiles.tsx';
import { Queues } from './queues.tsx';
import { StandingChecks } from './standing-checks.tsx';
import { StripeEvents } from './stripe-events.tsx';

/** Health above, failed jobs beneath; both keep themselves current. */
export function SystemView() {
  const trpc = useTRPC();
  const [shown, setShown] = useUrlState('show', 'open');
  const show = shown === 'resolved' ? 'resolved' : 'open';
  const health = useQuery(trpc.system.health.queryOptions({}, { refetchInterval: 5_000 }));
  const jobs = useQuery(trpc.system.deadLetters.queryOptions({ show, limit: 200 }, { refetchInterval: 15_000 }));
  const checks = useQuery(trpc.system.checks.queryOptions({}, { refetchInterval: 60_000 }));
  const error = faultOf(health.error ?? jobs.error ?? checks.error);
  return (
    <Page>
      <PageHeader
        title="System"
        description="What happens after a page is saved or a call is answered: changes reach the gateways, calls become usage, mails go out."
      />
      {error && <Notice tone="danger" title={error.message} />}
      {health.data ? (
        <>
          <HealthTiles health={health.data} />
          <Queues queues={health.data.queues} />
        </>
      ) : (
        !error && <SkeletonRows rows={4} />
      )}
      <Section
        title="Standing checks"
        description="What must always hold between the calls that were answered, the usage that is shown and the money that is booked. Checked every hour, and once a day over the last five weeks."
      >
        <StandingChecks checks={checks.data?.checks} />
      </Section>
      <Section
        title="Failed jobs"
        description="Jobs that failed again and again and were set aside. Nothing is lost: retry one when its cause is mended, or dismiss it."
        actions={
          <Segmented
            label="Which failed jobs"
            value={show}
            onChange={setShown}
            segments={[
              { value: 'open', label: 'Open' },
              { value: 'resolved', label: 'Resolved' },
            ]}
          />
        }
      >
        <FailedJobs jobs={jobs.data?.items} more={jobs.data?.nextCursor != null} show={show} />
      </Section>
      <StripeEvents />
    </Page>
  );
}
