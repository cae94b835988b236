'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { ConfirmDialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { Notice } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { PriceLines } from '@/words/price-lines.tsx';
import { limitText } from './limit-text.ts';
import { PlanSheet } from './plan-sheet.tsx';
import { PriceSheet } from './price/price-sheet.tsx';
import type { Api, Plan } from './types.ts';
import { useRefresh } from './use-refresh.ts';

/** The plans of an API: what subscribers may do, and who decides on them. */
export function PlansPanel({ api }: { api: Api }) {
  const trpc = useTRPC();
  const { can, tenant } = useShell();
  const refresh = useRefresh();
  const mayWrite = can('apis.write');
  const plans = useQuery(trpc.apis.plans.queryOptions({ api: api.slug }));
  const [editing, setEditing] = useState<Plan | 'new' | null>(null);
  const [pricing, setPricing] = useState<Plan | null>(null);
  const [leaving, setLeaving] = useState<Plan | null>(null);
  const archive = useMutation(
    trpc.apis.archivePlan.mutationOptions({
      onSuccess: () => {
        setLeaving(null);
        return refresh();
      },
    }),
  );
  const fault = faultOf(plans.error);
  if (fault) return <Notice tone="danger" title={fault.message} />;
  if (!plans.data) return <SkeletonRows rows={3} />;
  const offered = plans.data.items.filter(({ archivedAt }) => archivedAt === null);
  const archived = plans.data.items.filter(({ archivedAt }) => archivedAt !== null);
  return (
    <div className="flex flex-col gap-4">
      {offered.length === 0 ? (
        <EmptyState
          title="No plan on offer"
          action={
            mayWrite && (
              <Button variant="primary" onClick={() => setEditing('new')}>
                Add a plan
              </Button>
            )
          }
        >
          A plan says how often its subscribers may call, and whether somebody decides on each request.
        </EmptyState>
      ) : (
        <>
          <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
            {offered.map((plan) => (
              <li key={plan.id}>
                <Card className="flex h-full flex-col gap-2 p-4">
                  <div className="flex items-start justify-between gap-2">
                    <h3 className="font-semibold text-sm">{plan.name}</h3>
                    <span className="font-mono text-faint text-xs">{plan.slug}</span>
                  </div>
                  {plan.description && <p className="text-muted text-sm">{plan.description}</p>}
                  <PriceLines price={plan.price} />
                  {plan.nextPrice && (
                    <p className="text-muted text-xs">
                      From {plan.nextPrice.effectiveFrom.slice(0, 16).replace('T', ' ')} UTC: {plan.nextPrice.words[0]}
                    </p>
                  )}
                  <ul className="text-muted text-sm">
                    {plan.limits.length === 0 && <li>No limit on requests</li>}
                    {plan.limits.map((limit) => (
                      <li key={limit.windowSeconds}>{limitText(limit)}</li>
                    ))}
                  </ul>
                  <p className="text-faint text-xs">
                    {plan.approval === 'auto' ? 'Granted at once' : 'Somebody decides on each request'} ·{' '}
                    {plan.subscriberCount === 1 ? '1 subscriber' : `${plan.subscriberCount} subscribers`}
                  </p>
                  {mayWrite && (
                    <div className="mt-auto flex gap-2 pt-2">
                      <Button size="sm" onClick={() => setEditing(plan)}>
                        Edit
                      </Button>
                      <Button size="sm" onClick={() => setPricing(plan)}>
                        {plan.price ? 'Change price' : 'Set a price'}
                      </Button>
                      <Button size="sm" variant="ghost" onClick={() => setLeaving(plan)}>
                        Take off the offer
                      </Button>
                    </div>
                  )}
                </Card>
              </li>
            ))}
          </ul>
          {mayWrite && (
            <Button className="self-start" icon={<Plus className="size-4" />} onClick={() => setEditing('new')}>
              Add plan
            </Button>
          )}
        </>
      )}
      {archived.length > 0 && (
        <p className="flex flex-wrap items-center gap-1.5 text-faint text-xs">
          No longer on offer:
          {archived.map((plan) => (
            <Badge key={plan.id}>
              {plan.name} · {plan.subscriberCount} on it
            </Badge>
          ))}
        </p>
      )}
      {editing && <PlanSheet api={api} plan={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {pricing && <PriceSheet api={api} plan={pricing} currency={tenant.currency} onClose={() => setPricing(null)} />}
      <ConfirmDialog
        open={leaving !== null}
        onOpenChange={() => setLeaving(null)}
        title={`Take “${leaving?.name ?? ''}” off the offer?`}
        consequence={
          (leaving?.subscriberCount ?? 0) > 0
            ? `Nobody new can choose it. The ${leaving?.subscriberCount} on it stay on it, with its limits. It cannot be put back.`
            : 'Nobody can choose it any more. It cannot be put back; a new plan can take its place.'
        }
        confirmLabel="Take off the offer"
        busy={archive.isPending}
        error={faultOf(archive.error)?.message}
        onConfirm={() => leaving && archive.mutate({ api: api.slug, plan: leaving.slug })}
      />
    </div>
  );
}
