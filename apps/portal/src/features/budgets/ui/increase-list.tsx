'use client';

import { Button } from '@parley/ui/button';
import { Money, RelativeTime } from '@parley/ui/format';
import { Notice } from '@parley/ui/page';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Budget, Increase } from './budget-words.ts';

/** What was asked for on top of a budget: waits for somebody else, or is in force until its end. */
export function IncreaseList({ budget }: { budget: Budget }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { can } = useShell();
  const decide = useMutation(
    trpc.budgets.decideIncrease.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: trpc.budgets.pathKey() }),
    }),
  );
  const act = (increase: Increase, decision: 'approve' | 'refuse' | 'end'): void =>
    decide.mutate({ budget: budget.slug, increase: increase.id, decision });
  const fault = faultOf(decide.error);
  return (
    <div className="flex flex-col gap-3 border-t pt-3">
      {fault && <Notice tone="danger" title={fault.message} />}
      {budget.increases.map((increase) => (
        <div key={increase.id} className="flex flex-wrap items-start justify-between gap-2 text-sm">
          <div className="min-w-0">
            <p>
              <Money nano={increase.amountNano} currency={budget.currency} /> more{' '}
              {increase.state === 'approved' ? 'in force, ends ' : 'asked for, would end '}
              <RelativeTime at={increase.endsAt} />
            </p>
            <p className="break-words text-muted text-xs">
              {increase.requestedBy ?? 'Somebody'}: {increase.reason}
            </p>
          </div>
          {can('budgets.write') && (
            <div className="flex gap-2">
              {increase.state === 'approved' ? (
                <Button size="sm" busy={decide.isPending} onClick={() => act(increase, 'end')}>
                  End now
                </Button>
              ) : (
                <>
                  <Button size="sm" busy={decide.isPending} onClick={() => act(increase, 'refuse')}>
                    Refuse
                  </Button>
                  {!increase.own && (
                    <Button
                      size="sm"
                      variant="primary"
                      busy={decide.isPending}
                      onClick={() => act(increase, 'approve')}
                    >
                      Approve
                    </Button>
                  )}
                </>
              )}
            </div>
          )}
        </div>
      ))}
    </div>
  );
}
