'use client';

import { Button } from '@parley/ui/button';
import { Card, Stat } from '@parley/ui/card';
import { type ChartPoint, TimeChart } from '@parley/ui/chart';
import { Input, Select } from '@parley/ui/field';
import { Count, Money } from '@parley/ui/format';
import { moneyText } from '@parley/ui/format-text';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { RangePicker, useRange } from '@parley/ui/range-picker';
import { Skeleton } from '@parley/ui/skeleton';
import { Tabs } from '@parley/ui/tabs';
import { useUrlState } from '@parley/ui/url-state';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { CostExport } from './cost-export.tsx';
import { CostTable } from './cost-table.tsx';
import { costIn, isSplit, type Report, rowName, SPLIT_WORDS, type Split } from './cost-words.ts';
import { MarginPanel } from './margin-panel.tsx';
import { ReconcilePanel } from './reconcile-panel.tsx';

/** Lines of the chart; the table has them all. */
const DRAWN = 8;

/** What calls cost at providers, and what is left of what customers were charged for them. */
export function CostsView() {
  const { can } = useShell();
  return (
    <Page>
      <PageHeader title="Cost" description="What calls to our APIs cost at providers, and what they brought." />
      <Tabs
        label="Cost"
        tabs={[
          { value: 'cost', label: 'Cost', content: <CostPanel /> },
          ...(can('billing.read') ? [{ value: 'margin', label: 'Margin', content: <MarginPanel /> }] : []),
          ...(can('billing.read') && can('providers.read')
            ? [{ value: 'reconcile', label: 'Reconciliation', content: <ReconcilePanel /> }]
            : []),
        ]}
      />
    </Page>
  );
}

/** Provider cost of the tenant's APIs by one thing, over time and in a table. */
function CostPanel() {
  const trpc = useTRPC();
  const { tenant } = useShell();
  const range = useRange('30d');
  const [by, setBy] = useUrlState('by', 'api');
  const [tag, setTag] = useUrlState('tag', '');
  const split: Split = isSplit(by) ? by : 'api';
  const asked = split !== 'tag' || tag !== '';
  const question = { ...range.range, timeZone: tenant.timezone };
  const report = useQuery({
    ...trpc.costs.report.queryOptions({ ...question, by: split, ...(split === 'tag' && tag ? { tag } : {}) }),
    enabled: asked,
    placeholderData: (before) => before,
  });
  const fault = faultOf(report.error);
  const shown = asked ? report.data : undefined;
  return (
    <div className="flex min-w-0 flex-col gap-6">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <RangePicker state={range} />
        <div className="flex flex-wrap items-center gap-2">
          <CostExport question={question} />
          <Select
            aria-label="Split by"
            className="w-44"
            value={split}
            onChange={(event) => setBy(event.target.value)}
            options={Object.entries(SPLIT_WORDS).map(([value, label]) => ({ value, label: `By ${label}` }))}
          />
          {split === 'tag' && <TagName tag={tag} onChoose={setTag} />}
        </div>
      </div>
      {fault && <Notice tone="danger" title={fault.message} />}
      {!asked && <Notice title="Write the name of a tag, such as project." />}
      {asked && !fault && <Drawn split={split} report={shown} timezone={tenant.timezone} />}
      {asked && !fault && <CostTable split={split} report={shown} />}
    </div>
  );
}

function TagName({ tag, onChoose }: { tag: string; onChoose: (tag: string) => void }) {
  const [typed, setTyped] = useState(tag);
  return (
    <form
      className="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onChoose(typed.trim());
      }}
    >
      <Input
        aria-label="Name of the tag"
        placeholder="project"
        className="w-36 font-mono"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button type="submit">Show</Button>
    </form>
  );
}

function Drawn({ split, report, timezone }: { split: Split; report: Report | undefined; timezone: string }) {
  const data = useMemo(() => pointsOf(report), [report]);
  if (!report) return <Skeleton className="h-80" />;
  const { currency, total, rows } = report;
  const others = total.costs.filter((cost) => cost.currency !== currency);
  const hours =
    report.steps.length > 1 && Date.parse(report.steps[1] ?? '') - Date.parse(report.steps[0] ?? '') < 86_400_000;
  const time: Intl.DateTimeFormatOptions = hours
    ? { day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
    : { day: 'numeric', month: 'short' };
  const format = new Intl.DateTimeFormat('en', { ...time, timeZone: timezone });
  return (
    <>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        <Stat
          label="Cost at providers"
          value={<Money nano={costIn(total.costs, currency)} currency={currency} />}
          note={others.map(({ currency: other, nano }) => moneyText(BigInt(nano), other)).join(', ') || undefined}
        />
        <Stat label="Requests" value={<Count value={total.requests} />} />
        <Stat label="Tokens" value={<Count value={total.tokens} />} className="max-sm:col-span-2" />
      </div>
      <Card className="p-4">
        <TimeChart
          label={`Cost by ${SPLIT_WORDS[split]}`}
          data={data}
          series={[
            ...rows.slice(0, DRAWN).map((row, at) => ({ key: `l${at}`, label: rowName(split, row) })),
            ...(rows.length > DRAWN ? [{ key: 'rest', label: 'Others' }] : []),
          ]}
          kind="bar"
          stacked
          formatValue={(value) => moneyText(BigInt(Math.round(value * 1e9)), currency)}
          formatTime={(at) => format.format(new Date(at))}
        />
      </Card>
    </>
  );
}

function pointsOf(report: Report | undefined): ChartPoint[] {
  if (!report) return [];
  const units = (nano: string | undefined): number => Number(BigInt(nano ?? '0')) / 1e9;
  return report.steps.map((at, step) => {
    const point: Record<string, number | string> & { at: string } = { at };
    let rest = 0;
    for (const [n, row] of report.rows.entries()) {
      if (n < DRAWN) point[`l${n}`] = units(row.points[step]);
      else rest += units(row.points[step]);
    }
    if (report.rows.length > DRAWN) point['rest'] = rest;
    return point;
  });
}
