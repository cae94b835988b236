import { Badge } from '@parley/ui/badge';
import { Count, Money } from '@parley/ui/format';
import { type Column, DataTable } from '@parley/ui/table';
import { type ReactNode, useMemo } from 'react';
import type { RouterOutputs } from '@/trpc/root.ts';

type Found = RouterOutputs['costs']['reconcile'];
type Row = Found['rows'][number];
type Figure = 'calls' | 'inputTokens' | 'cachedInputTokens' | 'outputTokens';

const CAUSES: Readonly<Record<Row['causes'][number], string>> = {
  timeZone: 'The days are cut elsewhere: all of them together agree',
  outside: 'Calls with its keys that did not go through Parley',
  notInExport: 'The export lacks calls: other keys, projects or pages',
  missingPrice: 'Calls without a price here',
  price: 'The price set here is not what it charges',
  estimated: 'Calls whose tokens were counted here',
  currency: 'Prices here are in another currency',
  modelUnknown: 'No call here was answered by this model',
};

const FIGURES: Readonly<Record<Figure, string>> = {
  calls: 'Calls',
  inputTokens: 'Input tokens',
  cachedInputTokens: 'Of these cached',
  outputTokens: 'Output tokens',
};

/** Each day and model, those that differ first: what the provider says, and what is recorded. */
export function ReconcileTable({ found }: { found: Found }) {
  const columns = useMemo(() => columnsOf(found), [found]);
  return (
    <DataTable
      label="Days and models"
      urlName="days"
      columns={columns}
      rows={found.rows}
      rowKey={({ day, model }) => `${day} ${model}`}
      filterText={({ day, model }) => `${day} ${model ?? ''}`}
      empty={<p className="text-muted text-sm">The export says nothing.</p>}
    />
  );
}

/** What the export tells, each as theirs and, where it differs, ours. */
function columnsOf({ rows, currency, total }: Found): Column<Row>[] {
  const told = Object.entries(FIGURES).filter(([name]) => total.theirs[name as Figure] !== null);
  return [
    {
      key: 'day',
      header: 'Day',
      sortValue: ({ day }) => day,
      cell: ({ day }) => <span className="whitespace-nowrap tabular-nums">{day}</span>,
    },
    {
      key: 'model',
      header: 'Model',
      sortValue: ({ model }) => model,
      cell: ({ model }) => <span className="break-words">{model ?? 'All models'}</span>,
    },
    ...told.map(
      ([name, header]): Column<Row> => ({
        key: name,
        header,
        align: 'end',
        wide: true,
        sortValue: (row) => (row.theirs[name as Figure] ?? 0) - (row.ours[name as Figure] ?? 0),
        cell: (row) => (
          <Both
            theirs={<Count value={row.theirs[name as Figure] ?? 0} />}
            ours={<Count value={row.ours[name as Figure] ?? 0} />}
            same={row.theirs[name as Figure] === row.ours[name as Figure]}
          />
        ),
      }),
    ),
    ...(rows.some(({ theirs }) => theirs.costNano !== null)
      ? [
          {
            key: 'cost',
            header: `Cost, ${currency}`,
            align: 'end',
            sortValue: (row) => Number(BigInt(row.theirs.costNano ?? '0') - BigInt(row.ours.costNano ?? '0')),
            cell: (row) => (
              <Both
                theirs={<Money nano={row.theirs.costNano ?? '0'} currency={currency ?? ''} />}
                ours={<Money nano={row.ours.costNano ?? '0'} currency={currency ?? ''} />}
                same={row.agrees}
              />
            ),
          } satisfies Column<Row>,
        ]
      : []),
    {
      key: 'why',
      header: 'What it may be',
      sortValue: ({ agrees, causes }) => (agrees ? '' : causes.map((cause) => CAUSES[cause]).join('; ')),
      cell: ({ agrees, causes }) =>
        agrees ? (
          <Badge tone="success">Agrees</Badge>
        ) : (
          <span className="break-words">{causes.map((cause) => CAUSES[cause]).join('; ') || 'Not known'}</span>
        ),
    },
  ];
}

function Both({ theirs, ours, same }: { theirs: ReactNode; ours: ReactNode; same: boolean }) {
  if (same) return theirs;
  return (
    <span className="flex flex-col items-end">
      {theirs}
      <span className="text-muted text-xs">here {ours}</span>
    </span>
  );
}
