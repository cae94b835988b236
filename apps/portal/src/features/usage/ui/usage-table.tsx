import { Count, Duration, Money } from '@parley/ui/format';
import { shareText } from '@parley/ui/format-text';
import { type Column, DataTable } from '@parley/ui/table';
import { useMemo } from 'react';
import { groupName } from './group-name.ts';
import { costOf, errorShare, errorsOf, type Figures } from './measures.ts';
import { SPLIT_WORDS, type Split } from './usage-state.ts';

export interface UsageRow {
  readonly key: string;
  readonly name: { readonly name: string | null } | null;
  readonly figures: Figures;
}

interface Props {
  readonly split: Split;
  readonly rows: readonly UsageRow[] | undefined;
  readonly total: Figures | undefined;
  readonly currency: string;
  readonly onNarrow: (key: string) => void;
}

/** The figures behind the chart; the last line adds the rows up. */
export function UsageTable({ split, rows, total, currency, onNarrow }: Props) {
  const columns = useMemo(() => columnsOf(split, currency, total, onNarrow), [split, currency, total, onNarrow]);
  return (
    <DataTable
      label={`Usage by ${SPLIT_WORDS[split]}`}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.key || 'none'}
      filterText={(row) => groupName(split, row.key, row.name)}
      initialSort="-requests"
      empty={<p className="rounded-md border px-4 py-8 text-center text-muted text-sm">No calls in this range.</p>}
      totals={total ? totalsOf(split, total, currency) : undefined}
    />
  );
}

const ms = (us: number | null): number | null => (us === null ? null : us / 1000);

function columnsOf(
  split: Split,
  currency: string,
  total: Figures | undefined,
  onNarrow: (key: string) => void,
): Column<UsageRow>[] {
  const all = total?.requests ?? 0;
  const columns: Column<UsageRow>[] = [
    {
      key: 'name',
      header: SPLIT_WORDS[split],
      sortValue: (row) => groupName(split, row.key, row.name),
      cell: (row) => {
        const name = groupName(split, row.key, row.name);
        if (split === 'outcome' || row.key === '' || row.key === 'other') return name;
        return (
          <button
            type="button"
            className="text-left font-medium hover:text-accent-text hover:underline"
            title={`Show only ${name}`}
            onClick={() => onNarrow(row.key)}
          >
            {name}
          </button>
        );
      },
    },
    {
      key: 'requests',
      header: 'Requests',
      align: 'end',
      sortValue: (row) => row.figures.requests,
      cell: (row) => <Count value={row.figures.requests} />,
    },
    {
      key: 'share',
      header: 'Share',
      align: 'end',
      wide: true,
      sortValue: (row) => (all === 0 ? null : row.figures.requests / all),
      cell: (row) => shareText(all === 0 ? null : row.figures.requests / all),
    },
  ];
  if (split === 'outcome') return columns;
  return [
    ...columns,
    {
      key: 'errors',
      header: 'Errors',
      align: 'end',
      className: 'max-sm:hidden',
      sortValue: (row) => errorsOf(row.figures),
      cell: (row) => (
        <span className="whitespace-nowrap">
          <Count value={errorsOf(row.figures)} />{' '}
          {errorsOf(row.figures) > 0 && (
            <span className="text-faint max-md:hidden">{shareText(errorShare(row.figures))}</span>
          )}
        </span>
      ),
    },
    {
      key: 'p50',
      header: 'p50',
      align: 'end',
      wide: true,
      sortValue: (row) => ms(row.figures.latencyUs.p50),
      cell: (row) => <Duration ms={ms(row.figures.latencyUs.p50)} />,
    },
    {
      key: 'p95',
      header: 'p95',
      align: 'end',
      wide: true,
      sortValue: (row) => ms(row.figures.latencyUs.p95),
      cell: (row) => <Duration ms={ms(row.figures.latencyUs.p95)} />,
    },
    {
      key: 'input',
      header: 'Tokens in',
      align: 'end',
      wide: true,
      sortValue: (row) => row.figures.inputTokens,
      cell: (row) => <Count value={row.figures.inputTokens} />,
    },
    {
      key: 'output',
      header: 'Tokens out',
      align: 'end',
      wide: true,
      sortValue: (row) => row.figures.outputTokens,
      cell: (row) => <Count value={row.figures.outputTokens} />,
    },
    {
      key: 'cost',
      header: `Cost, ${currency}`,
      align: 'end',
      sortValue: (row) => Number(costOf(row.figures, currency)) / 1e9,
      cell: (row) => <Money nano={costOf(row.figures, currency)} currency={currency} />,
    },
  ];
}

function totalsOf(split: Split, total: Figures, currency: string): Record<string, React.ReactNode> {
  const shared = {
    name: 'Total',
    requests: <Count value={total.requests} />,
    share: shareText(total.requests ? 1 : null),
  };
  if (split === 'outcome') return shared;
  return {
    ...shared,
    errors: <Count value={errorsOf(total)} />,
    p50: <Duration ms={ms(total.latencyUs.p50)} />,
    p95: <Duration ms={ms(total.latencyUs.p95)} />,
    input: <Count value={total.inputTokens} />,
    output: <Count value={total.outputTokens} />,
    cost: <Money nano={costOf(total, currency)} currency={currency} />,
  };
}
