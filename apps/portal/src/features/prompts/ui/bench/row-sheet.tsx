'use client';

import { Badge } from '@parley/ui/badge';
import { DiffView } from '@parley/ui/diff';
import { Duration } from '@parley/ui/format';
import { Notice } from '@parley/ui/page';
import { Sheet } from '@parley/ui/sheet';
import { Skeleton } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { amountText } from './figures.ts';

/** One row: every answer whole, what each check said, and what differs from the expected answer. */
export function RowSheet({
  id,
  at,
  currency,
  onClose,
}: {
  id: string;
  at: number;
  currency: string;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const found = useQuery(trpc.prompts.run.queryOptions({ run: id, row: at }));
  const row = found.data?.rows[at];
  return (
    <Sheet open wide onOpenChange={onClose} title={`Row ${at + 1}`} description={row && JSON.stringify(row.variables)}>
      {found.isError ? (
        <Notice tone="danger" title={faultOf(found.error)?.message} />
      ) : !found.data ? (
        <Skeleton className="h-64 w-full" />
      ) : (
        <div className="flex flex-col gap-6">
          {found.data.cells.map((cell) => (
            <section key={`${cell.promptVersion} ${cell.model}`} className="flex flex-col gap-2">
              <h3 className="flex flex-wrap items-center gap-2 font-medium text-sm">
                Version {cell.promptVersion} · {cell.model}
                <span className="font-normal text-muted text-xs tabular-nums">
                  {cell.inputTokens} tokens in, {cell.outputTokens} out · {amountText(cell.cost, currency)} ·{' '}
                  <Duration ms={cell.latencyMs} />
                </span>
              </h3>
              {cell.message && <Notice tone="danger" title={cell.message} />}
              {cell.output && (
                <pre className="whitespace-pre-wrap break-words rounded-md border bg-sunken p-3 text-xs">
                  {cell.output}
                </pre>
              )}
              <ul className="flex flex-col gap-1 text-sm">
                {cell.checks.map(({ kind, passed, why }, number) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: checks of a row never move
                  <li key={number} className="flex flex-wrap items-center gap-2">
                    <Badge tone={passed ? 'success' : 'danger'}>{kind}</Badge>
                    {why || 'passes'}
                  </li>
                ))}
              </ul>
              {cell.diff && <DiffView sections={cell.diff} />}
            </section>
          ))}
        </div>
      )}
    </Sheet>
  );
}
