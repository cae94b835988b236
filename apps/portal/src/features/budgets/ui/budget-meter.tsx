import { shareText } from '@parley/ui/format-text';
import { clsx } from 'clsx';
import { type Budget, shareSpent, standingOf } from './budget-words.ts';

const FILL = { fine: 'bg-accent', near: 'bg-warning-text', over: 'bg-danger' } as const;

/** How much of a budget is spent, with a mark at each threshold. */
export function BudgetMeter({ budget }: { budget: Budget }) {
  const share = shareSpent(budget);
  const percent = Math.min(100, share * 100);
  return (
    <div className="flex items-center gap-3">
      <div
        role="meter"
        aria-label={`Spent of ${budget.name}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(percent)}
        aria-valuetext={shareText(share)}
        className="relative h-2 min-w-0 flex-1 rounded-full bg-hover"
      >
        <div
          className={clsx('h-full rounded-full', FILL[standingOf(budget)])}
          style={{ width: `${share > 0 ? Math.max(percent, 1) : 0}%` }}
        />
        {budget.thresholds
          .filter((threshold) => threshold < 100)
          .map((threshold) => (
            <span
              key={threshold}
              title={`Told at ${threshold} %`}
              className="absolute -top-0.5 h-3 w-px bg-line-strong"
              style={{ left: `${threshold}%` }}
            />
          ))}
      </div>
      <span className="w-14 text-right text-sm tabular-nums">{shareText(share)}</span>
    </div>
  );
}
