'use client';

import { Card, Stat } from '@parley/ui/card';
import { TimeChart } from '@parley/ui/chart';
import { Select } from '@parley/ui/field';
import { Money } from '@parley/ui/format';
import { moneyText, shareText } from '@parley/ui/format-text';
import { Notice } from '@parley/ui/page';
import { Skeleton } from '@parley/ui/skeleton';
import { type Column, DataTable } from '@parley/ui/table';
import { useUrlState } from '@parley/ui/url-state';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { isMarginSplit, MARGIN_SPLITS, type Margin, type MarginRow, marginName, marginShare } from './margin-words.ts';

/** What customers were charged less what providers cost, by one thing, over the last months. */
export function MarginPanel() {
  const trpc = useTRPC();
  const { tenant } = useShell();
  const [asked, setBy] = useUrlState('margin-by', 'api');
  const by = isMarginSplit(asked) ? asked : 'api';
  const margin = useQuery({ ...trpc.costs.margin.queryOptions({ by }), placeholderData: (before) => before });
  const fault = faultOf(margin.error);
  const columns = useMemo(
    () => columnsOf(margin.data, (row) => marginName(by, row, tenant.id)),
    [margin.data, by, tenant.id],
  );
  if (fault) return <Notice tone="danger" title={fault.message} />;
  return (
    <div className="flex min-w-0 flex-col gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-2xl text-muted text-sm">
          Booked revenue of the last six months, by the month it was used in, less what providers cost in it. What
          belongs to no single line is never spread: it stands by itself, in grey.
        </p>
        <Select
          aria-label="Margin by"
          className="w-44"
          value={by}
          onChange={(event) => setBy(event.target.value)}
          options={Object.entries(MARGIN_SPLITS).map(([value, label]) => ({ value, label: `By ${label}` }))}
        />
      </div>
      {margin.data ? <Drawn margin={margin.data} /> : <Skeleton className="h-80" />}
      <DataTable
        label={`Margin by ${MARGIN_SPLITS[by]}`}
        urlName="margin"
        columns={columns}
        rows={margin.data?.rows}
        rowKey={({ line, key }) => `${line} ${key}`}
        empty={
          <p className="rounded-md border px-4 py-8 text-center text-muted text-sm">
            Nothing was charged and nothing cost anything in these months.
          </p>
        }
        totals={
          margin.data
            ? {
                name: 'All',
                revenue: <Money nano={margin.data.total.revenueNano} currency={margin.data.currency} />,
                cost: <Money nano={margin.data.total.costNano} currency={margin.data.currency} />,
                margin: <Money nano={margin.data.total.marginNano} currency={margin.data.currency} />,
                share: shareText(marginShare(margin.data.total)),
              }
            : undefined
        }
      />
    </div>
  );
}

const units = (nano: string): number => Number(BigInt(nano)) / 1e9;

function columnsOf(margin: Margin | undefined, nameOf: (row: MarginRow) => string): Column<MarginRow>[] {
  const currency = margin?.currency ?? '';
  const money = (key: string, header: string, of: (row: MarginRow) => string, wide = false): Column<MarginRow> => ({
    key,
    header,
    align: 'end',
    wide,
    sortValue: (row) => units(of(row)),
    cell: (row) => <Money nano={of(row)} currency={currency} />,
  });
  return [
    {
      key: 'name',
      header: 'What',
      sortValue: nameOf,
      cell: (row) => (
        <span className={row.line === 'group' ? 'break-words' : 'break-words text-muted'}>{nameOf(row)}</span>
      ),
    },
    money('revenue', `Charged, ${currency}`, (row) => row.revenueNano),
    money('cost', 'Cost at providers', (row) => row.costNano, true),
    money('margin', 'Margin', (row) => row.marginNano),
    {
      key: 'share',
      header: 'Of what was charged',
      align: 'end',
      wide: true,
      sortValue: marginShare,
      cell: (row) => shareText(marginShare(row)),
    },
  ];
}

function Drawn({ margin: { currency, months, total, otherCosts } }: { margin: Margin }) {
  const format = new Intl.DateTimeFormat('en', { month: 'short', year: 'numeric', timeZone: 'UTC' });
  const data = months.map((month, at) => ({
    at: `${month}-01T00:00:00.000Z`,
    cost: units(total.byMonth[at]?.costNano ?? '0'),
    margin: units(total.byMonth[at]?.marginNano ?? '0'),
  }));
  return (
    <>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-3">
        <Stat label="Charged" value={<Money nano={total.revenueNano} currency={currency} />} />
        <Stat
          label="Cost at providers"
          value={<Money nano={total.costNano} currency={currency} />}
          note={
            otherCosts.map(({ currency: other, nano }) => `and ${moneyText(BigInt(nano), other)}`).join(', ') ||
            undefined
          }
        />
        <Stat
          label="Margin"
          value={<Money nano={total.marginNano} currency={currency} />}
          note={shareText(marginShare(total))}
        />
      </div>
      <Card className="p-4">
        <TimeChart
          label="Cost and margin by month"
          data={data}
          series={[
            { key: 'cost', label: 'Cost at providers' },
            { key: 'margin', label: 'Margin' },
          ]}
          kind="bar"
          formatValue={(value) => moneyText(BigInt(Math.round(value * 1e9)), currency)}
          formatTime={(at) => format.format(new Date(at))}
        />
      </Card>
    </>
  );
}
