'use client';

import { Button } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { Skeleton } from '@parley/ui/skeleton';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { PiggyBank, Plus } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { AskMoreDialog } from './ask-more-dialog.tsx';
import { BudgetCard } from './budget-card.tsx';
import { BudgetDialog } from './budget-dialog.tsx';
import type { Budget } from './budget-words.ts';
import { WhyRefused } from './why-refused.tsx';

type Open = { readonly kind: 'new' } | { readonly kind: 'edit' | 'ask' | 'archive'; readonly budget: Budget };

/** The tenant's budgets, nearest to their end first. */
export function BudgetsView() {
  const trpc = useTRPC();
  const { can } = useShell();
  const [open, setOpen] = useState<Open | null>(null);
  const budgets = useQuery({ ...trpc.budgets.list.queryOptions({}), refetchInterval: 30_000 });
  const fault = faultOf(budgets.error);
  const close = (): void => setOpen(null);
  const make = can('budgets.write') && (
    <Button variant="primary" icon={<Plus aria-hidden className="size-4" />} onClick={() => setOpen({ kind: 'new' })}>
      New budget
    </Button>
  );
  const items = budgets.data?.items;
  return (
    <Page>
      <PageHeader
        title="Budgets"
        description="What calls to our APIs may cost at providers. Those that refuse hold the most a call may cost until it ends."
        actions={items && items.length > 0 ? make : undefined}
      />
      {fault && <Notice tone="danger" title={fault.message} />}
      {!items && !fault && <Skeleton className="h-48" />}
      {items?.length === 0 && (
        <EmptyState icon={<PiggyBank />} title="No budget yet" action={make}>
          Say how much calls may cost in a month: of everything, a team, an application, a model or a tag. Be told at
          half of it, or let it refuse what goes beyond.
        </EmptyState>
      )}
      {items && items.length > 0 && (
        <div className="grid gap-4 lg:grid-cols-2">
          {items.map((budget) => (
            <BudgetCard
              key={budget.id}
              budget={budget}
              onEdit={() => setOpen({ kind: 'edit', budget })}
              onAsk={() => setOpen({ kind: 'ask', budget })}
              onArchive={() => setOpen({ kind: 'archive', budget })}
            />
          ))}
        </div>
      )}
      <WhyRefused />
      {open?.kind === 'new' && <BudgetDialog currency={budgets.data?.currency ?? ''} onClose={close} />}
      {open?.kind === 'edit' && <BudgetDialog currency={open.budget.currency} budget={open.budget} onClose={close} />}
      {open?.kind === 'ask' && <AskMoreDialog budget={open.budget} onClose={close} />}
      {open?.kind === 'archive' && <ArchiveDialog budget={open.budget} onClose={close} />}
    </Page>
  );
}

function ArchiveDialog({ budget, onClose }: { budget: Budget; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const archive = useMutation(
    trpc.budgets.archive.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: trpc.budgets.pathKey() });
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(next) => !next && onClose()}
      title={`Archive “${budget.name}”?`}
      consequence={
        budget.mode === 'hard'
          ? 'It refuses nothing any more, at once. Its short name stays taken.'
          : 'Nobody is told any more. Its short name stays taken.'
      }
      confirmLabel="Archive"
      busy={archive.isPending}
      error={faultOf(archive.error)?.message}
      onConfirm={() => archive.mutate({ budget: budget.slug })}
    />
  );
}
