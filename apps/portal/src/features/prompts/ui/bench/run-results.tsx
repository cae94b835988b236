'use client';

import { Badge, StateBadge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Duration } from '@parley/ui/format';
import { Notice, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { amountText, passRate } from './figures.ts';
import { RowSheet } from './row-sheet.tsx';

type Results = RouterOutputs['prompts']['run'];
type Cell = Results['cells'][number];

const EVERY_MS = 1500;
const TONES = { passed: 'success', failed: 'danger', error: 'danger', waiting: 'neutral', skipped: 'neutral' } as const;
const SHOWN = 160;

/** Rows down, versions and models across: what each answered, and whether it passed. */
export function RunResults({ id, mayWrite }: { id: string; mayWrite: boolean }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [row, setRow] = useState<number | null>(null);
  const results = useQuery({
    ...trpc.prompts.run.queryOptions({ run: id }),
    refetchInterval: ({ state }) => (isOpen(state.data?.run.state) ? EVERY_MS : false),
  });
  const after = { onSuccess: () => queries.invalidateQueries(trpc.prompts.pathFilter()) };
  const stop = useMutation(trpc.prompts.stopRun.mutationOptions(after));
  const resume = useMutation(trpc.prompts.resumeRun.mutationOptions(after));
  const fault = faultOf(results.error ?? stop.error ?? resume.error);
  if (!results.data) {
    return fault ? <Notice tone="danger" title={fault.message} /> : <SkeletonRows rows={4} />;
  }
  const { run, rows, cells } = results.data;
  const mayResume = !isOpen(run.state) && run.columns.some(({ open, errors }) => open + errors > 0);
  return (
    <Section
      id="results"
      title={`Results of ${run.dataset}`}
      description={`${passRate(run.columns)} passed · ${amountText(run.cost, run.currency)} of at most ${amountText(run.costCap, run.currency)}${run.message ? ` · ${run.message}` : ''}`}
      actions={
        <>
          <StateBadge state={run.state} />
          {mayWrite && isOpen(run.state) && (
            <Button size="sm" busy={stop.isPending} onClick={() => stop.mutate({ run: id })}>
              Stop
            </Button>
          )}
          {mayWrite && mayResume && (
            <Button size="sm" busy={resume.isPending} onClick={() => resume.mutate({ run: id })}>
              Go on
            </Button>
          )}
        </>
      }
    >
      {fault && <Notice tone="danger" title={fault.message} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div tabIndex={0} role="region" aria-label="Answers side by side" className="overflow-x-auto rounded-md border">
        <table className="w-full table-fixed text-sm" style={{ minWidth: `${14 + run.columns.length * 16}rem` }}>
          <thead>
            <tr className="border-b bg-sunken align-top">
              <th scope="col" className="w-56 px-3 py-2 text-left font-medium">
                Row
              </th>
              {run.columns.map((column) => (
                <th key={keyOf(column)} scope="col" className="px-3 py-2 text-left font-normal">
                  <span className="block font-medium">
                    Version {column.promptVersion} · {column.model}
                  </span>
                  <span className="text-muted text-xs tabular-nums">
                    {passRate([column])} passed · {amountText(column.cost, run.currency)} ·{' '}
                    <Duration ms={column.latencyP50Ms} />
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y">
            {rows.map(({ variables, expected }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a run's rows never move
              <tr key={at} className="align-top">
                <th scope="row" className="px-3 py-2.5 text-left font-normal">
                  <button type="button" className="text-left underline" onClick={() => setRow(at)}>
                    Row {at + 1}
                  </button>
                  <span className="block break-words text-muted text-xs">{short(JSON.stringify(variables))}</span>
                  {expected && (
                    <span className="block break-words text-faint text-xs">Expected: {short(expected)}</span>
                  )}
                </th>
                {run.columns.map((column) => (
                  <td key={keyOf(column)} className="px-3 py-2.5">
                    <CellView cell={cells.find((cell) => cell.rowAt === at && keyOf(cell) === keyOf(column))} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {row !== null && <RowSheet id={id} at={row} currency={run.currency} onClose={() => setRow(null)} />}
    </Section>
  );
}

const isOpen = (state: Results['run']['state'] | undefined): boolean => state === 'waiting' || state === 'running';
const keyOf = ({ promptVersion, model }: { promptVersion: number; model: string }): string =>
  `${promptVersion} ${model}`;
const short = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

function CellView({ cell }: { cell: Cell | undefined }) {
  if (!cell) return null;
  const why = cell.message || cell.checks.find(({ passed }) => !passed)?.why;
  return (
    <div className="flex flex-col gap-1">
      <span>
        <Badge tone={TONES[cell.state]}>{cell.state}</Badge>
      </span>
      {cell.output && <span className="break-words">{short(cell.output)}</span>}
      {why && <span className="break-words text-danger-text text-xs">{short(why)}</span>}
    </div>
  );
}
