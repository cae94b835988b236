import { Count, Money } from '@parley/ui/format';
import { shareText } from '@parley/ui/format-text';
import { type Column, DataTable } from '@parley/ui/table';
import { useMemo } from 'react';
import { type CostRow, costIn, type Report, rowName, SPLIT_WORDS, type Split } from './cost-words.ts';

/** The figures behind the chart, dearest first; of customers also what they were charged. */
export function CostTable({ split, report }: { split: Split; report: Report | undefined }) {
  const columns = useMemo(() => columnsOf(split, report), [split, report]);
  return (
    <DataTable
      label={`Cost by ${SPLIT_WORDS[split]}`}
      columns={columns}
      rows={report?.rows}
      rowKey={(row) => row.key || 'none'}
      filterText={(row) => rowName(split, row)}
      initialSort="-cost"
      empty={
        <p className="rounded-md border px-4 py-8 text-center text-muted text-sm">
          {split === 'endUser' || split === 'tag'
            ? 'No call in this range said that of itself: callers do with the headers Parley-User and Parley-Tags.'
            : 'No calls in this range.'}
        </p>
      }
      totals={
        report
          ? {
              name: 'All calls',
              requests: <Count value={report.total.requests} />,
              tokens: <Count value={report.total.tokens} />,
              cost: <Money nano={costIn(report.total.costs, report.currency)} currency={report.currency} />,
            }
          : undefined
      }
    />
  );
}

const units = (nano: bigint | string): number => Number(BigInt(nano)) / 1e9;

function columnsOf(split: Split, report: Report | undefined): Column<CostRow>[] {
  const currency = report?.currency ?? '';
  const all = report ? units(costIn(report.total.costs, currency)) : 0;
  const cost = (row: CostRow): bigint => costIn(row.costs, currency);
  const columns: Column<CostRow>[] = [
    {
      key: 'name',
      header: SPLIT_WORDS[split],
      sortValue: (row) => rowName(split, row),
      cell: (row) => <span className="break-words">{rowName(split, row)}</span>,
    },
    {
      key: 'requests',
      header: 'Requests',
      align: 'end',
      className: 'max-sm:hidden',
      sortValue: (row) => row.requests,
      cell: (row) => <Count value={row.requests} />,
    },
    {
      key: 'tokens',
      header: 'Tokens',
      align: 'end',
      wide: true,
      sortValue: (row) => row.tokens,
      cell: (row) => <Count value={row.tokens} />,
    },
    {
      key: 'share',
      header: 'Share',
      align: 'end',
      sortValue: (row) => (all === 0 ? null : units(cost(row)) / all),
      cell: (row) => shareText(all === 0 ? null : units(cost(row)) / all),
    },
    {
      key: 'cost',
      header: `Cost, ${currency}`,
      align: 'end',
      sortValue: (row) => units(cost(row)),
      cell: (row) => <Money nano={cost(row)} currency={currency} />,
    },
  ];
  if (split !== 'consumer') return columns;
  return [
    ...columns,
    {
      key: 'charged',
      header: 'Charged',
      align: 'end',
      sortValue: (row) => (row.charged ? units(row.charged.nano) : null),
      cell: (row) => (row.charged ? <Money nano={row.charged.nano} currency={row.charged.currency} /> : '–'),
    },
    {
      key: 'margin',
      header: 'Margin',
      align: 'end',
      sortValue: (row) => (row.marginNano === null ? null : units(row.marginNano)),
      cell: (row) => (row.marginNano === null ? '–' : <Money nano={row.marginNano} currency={currency} />),
    },
  ];
}
