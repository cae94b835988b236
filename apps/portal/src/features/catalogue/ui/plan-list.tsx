import { Badge } from '@parley/ui/badge';
import { Card } from '@parley/ui/card';
import { EmptyState } from '@parley/ui/empty-state';
import { PriceLines } from '@/words/price-lines.tsx';
import type { CatalogueApi } from './api-view.tsx';

/** Each plan with what happens at its limits and who decides. */
export function PlanList({ api }: { api: CatalogueApi }) {
  if (api.plans.length === 0) {
    return <EmptyState title="No plan on offer">{api.publisher.name} takes no new subscribers at present.</EmptyState>;
  }
  return (
    <ul aria-label="Plans" className="grid gap-3 sm:grid-cols-2">
      {api.plans.map((plan) => (
        <li key={plan.slug}>
          <Card className="flex h-full flex-col gap-2 p-4">
            <div className="flex items-center justify-between gap-3">
              <h3 className="font-semibold text-sm">{plan.name}</h3>
              <Badge tone={plan.approval === 'auto' ? 'accent' : 'neutral'}>
                {plan.approval === 'auto' ? 'Granted at once' : 'By approval'}
              </Badge>
            </div>
            {plan.description && <p className="text-muted text-sm">{plan.description}</p>}
            <PriceLines price={plan.price} />
            {plan.nextPrice && (
              <p className="text-muted text-xs">
                {plan.nextPrice.words.join(' · ')} from {plan.nextPrice.effectiveFrom.slice(0, 16).replace('T', ' ')}{' '}
                UTC on
              </p>
            )}
            <ul className="flex flex-col gap-1 text-muted text-sm">
              {plan.words.map((words) => (
                <li key={words}>{words}</li>
              ))}
            </ul>
            {plan.approval === 'manual' && (
              <p className="mt-auto pt-1 text-faint text-xs">{api.publisher.name} decides on each request.</p>
            )}
          </Card>
        </li>
      ))}
    </ul>
  );
}
