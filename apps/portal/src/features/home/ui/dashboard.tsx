'use client';

import { ButtonLink } from '@parley/ui/button';
import { Card, Stat } from '@parley/ui/card';
import { Count, Duration, Money } from '@parley/ui/format';
import { shareText } from '@parley/ui/format-text';
import { Link } from '@parley/ui/link';
import { PageHeader } from '@parley/ui/page';
import { Segmented } from '@parley/ui/segmented';
import { useShell } from '@/shell/shell-context.tsx';
import { ChangeList, ErrorList, WaitingList } from './dashboard-lists.tsx';
import type { Overview } from './overview.ts';
import { Sparkline } from './sparkline.tsx';

interface Props {
  readonly overview: Overview;
  readonly onView: (view: Overview['view']) => void;
}

/** A tenant in use: the last day against the day before, what went wrong, who waits, what changed. */
export function Dashboard({ overview, onView }: Props) {
  const { tenant, href } = useShell();
  const { traffic, approvals, audit, view, bothViews } = overview;
  return (
    <>
      <PageHeader
        title={tenant.name}
        description={
          view === 'published'
            ? 'Calls to your APIs in the last 24 hours.'
            : 'Calls by your applications in the last 24 hours.'
        }
        actions={
          <>
            {bothViews && (
              <Segmented
                label="Whose calls"
                value={view}
                onChange={onView}
                segments={[
                  { value: 'published', label: 'To our APIs' },
                  { value: 'consumed', label: 'By our applications' },
                ]}
              />
            )}
            {traffic && <ButtonLink href={href(`usage?side=${view}`)}>Usage</ButtonLink>}
          </>
        }
      />
      {traffic && <TrafficTiles traffic={traffic} href={href} view={view} currency={tenant.currency} />}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {traffic && <ErrorList overview={overview} />}
        <div className="flex min-w-0 flex-col gap-4">
          {approvals && (view === 'published' || approvals.waiting > 0) && <WaitingList approvals={approvals} />}
          {audit && <ChangeList audit={audit} />}
        </div>
      </div>
    </>
  );
}

function TrafficTiles({
  traffic,
  href,
  view,
  currency,
}: {
  traffic: NonNullable<Overview['traffic']>;
  href: (path: string) => string;
  view: Overview['view'];
  currency: string;
}) {
  const { current, previous, hours, costThisMonth } = traffic;
  const cost = costThisMonth.find((one) => one.currency === currency) ?? costThisMonth[0];
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-[2fr_1fr_1fr_1fr]">
      <Card className="col-span-2 px-4 py-3 lg:col-span-1">
        <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
          <div>
            <div className="text-muted text-xs">Requests</div>
            <div className="mt-1 font-semibold text-lg tabular-nums">
              <Link href={href(`requests?range=24h&side=${view}`)} className="hover:text-accent-text">
                <Count value={current.requests} />
              </Link>
            </div>
            <div className="mt-0.5 text-faint text-xs">{moved(current.requests, previous.requests)}</div>
          </div>
          <div className="min-w-40 max-w-80 flex-1">
            <Sparkline
              label={`Requests by hour: ${current.requests} in all, ${current.errors} answered with an error`}
              hours={hours}
            />
          </div>
        </div>
      </Card>
      <Stat
        label="Answered with an error"
        value={shareText(errorShare(current))}
        note={previous.requests === 0 ? 'no calls the day before' : `${shareText(errorShare(previous))} the day before`}
      />
      <Stat
        label="Latency, p95"
        value={<Duration ms={current.p95Us === null ? null : current.p95Us / 1000} />}
        note={
          previous.p95Us === null ? (
            'no calls the day before'
          ) : (
            <>
              <Duration ms={previous.p95Us / 1000} /> the day before
            </>
          )
        }
      />
      <Stat
        className="max-lg:col-span-2"
        label="Cost this month"
        value={<Money nano={cost?.costNano ?? '0'} currency={cost?.currency ?? currency} />}
        note={costThisMonth.length > 1 ? `and in ${costThisMonth.length - 1} more currencies` : 'since the 1st, UTC'}
      />
    </div>
  );
}

function errorShare({ requests, errors }: { requests: number; errors: number }): number | null {
  return requests === 0 ? null : errors / requests;
}

function moved(now: number, before: number): string {
  if (before === 0) return now === 0 ? 'none the day before either' : 'none the day before';
  const percent = Math.round((now / before - 1) * 100);
  if (percent === 0) return 'as the day before';
  return `${percent > 0 ? '↑' : '↓'} ${Math.abs(percent)}\u2009% vs the day before`;
}
