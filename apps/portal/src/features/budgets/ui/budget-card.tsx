'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { Money, RelativeTime } from '@parley/ui/format';
import { Menu, MenuItem } from '@parley/ui/menu';
import { Ellipsis } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { BudgetMeter } from './budget-meter.tsx';
import { type Budget, PERIOD_WORDS, SCOPE_WORDS } from './budget-words.ts';
import { IncreaseList } from './increase-list.tsx';

interface Props {
  readonly budget: Budget;
  readonly onEdit: () => void;
  readonly onAsk: () => void;
  readonly onArchive: () => void;
}

/** One budget: what it is about, what is spent and left, where it is heading, and what was asked on top. */
export function BudgetCard({ budget, onEdit, onAsk, onArchive }: Props) {
  const { can } = useShell();
  const { currency, increases } = budget;
  const grown = budget.effectiveNano !== budget.amountNano;
  return (
    <Card className="flex flex-col gap-4 p-5">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="flex flex-wrap items-center gap-2 font-semibold text-sm">
            <span className="break-words">{budget.name}</span>
            <Badge tone={budget.mode === 'hard' ? 'accent' : 'neutral'}>
              {budget.mode === 'hard' ? 'Refuses beyond' : 'Only tells'}
            </Badge>
          </h2>
          <p className="mt-0.5 break-words text-muted text-sm">
            {budget.scope === 'tenant' ? 'All calls to our APIs' : `${SCOPE_WORDS[budget.scope]} ${budget.subjectName}`}
            {' · '}
            {PERIOD_WORDS[budget.period]}
          </p>
        </div>
        {(can('budgets.write') || can('budgets.request')) && (
          <Menu
            trigger={
              <Button variant="ghost" size="sm" aria-label={`Acts on ${budget.name}`}>
                <Ellipsis aria-hidden className="size-4" />
              </Button>
            }
          >
            {can('budgets.write') && <MenuItem onSelect={onEdit}>Change</MenuItem>}
            {can('budgets.request') && <MenuItem onSelect={onAsk}>Ask for more for a while</MenuItem>}
            {can('budgets.write') && (
              <MenuItem danger onSelect={onArchive}>
                Archive
              </MenuItem>
            )}
          </Menu>
        )}
      </div>
      <BudgetMeter budget={budget} />
      <dl className="grid grid-cols-3 gap-3 text-sm">
        <Figure name="Spent">
          <Money nano={budget.spentNano} currency={currency} />
        </Figure>
        <Figure name="Left">
          <Money nano={budget.leftNano} currency={currency} />
        </Figure>
        <Figure name={grown ? 'Budget, with more for a while' : 'Budget'}>
          <Money nano={budget.effectiveNano} currency={currency} />
        </Figure>
      </dl>
      <p className="text-muted text-xs">
        <Outlook budget={budget} />
        {budget.periodEnd && (
          <>
            {' '}
            Begins anew <RelativeTime at={budget.periodEnd} />.
          </>
        )}
      </p>
      {increases.length > 0 && <IncreaseList budget={budget} />}
    </Card>
  );
}

function Figure({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="font-medium tabular-nums">{children}</dd>
    </div>
  );
}

/** Where spending is heading, said as the estimate it is. */
function Outlook({ budget }: { budget: Budget }) {
  const { forecast, currency } = budget;
  if (budget.leftNano === '0') {
    return budget.mode === 'hard' ? 'Used up: further calls are refused.' : 'Used up. Calls go on: it only tells.';
  }
  if (forecast === null) return 'Too little was spent lately to say where it is heading.';
  if (forecast.exhaustedAt !== null) {
    return (
      <>
        Estimate: used up <RelativeTime at={forecast.exhaustedAt} /> at the rate of the last days.
      </>
    );
  }
  if (forecast.endNano === null) return 'Estimate: not used up soon at the rate of the last days.';
  return (
    <>
      Estimate: <Money nano={forecast.endNano} currency={currency} /> by the end of the period, at the rate of the last
      days.
    </>
  );
}
