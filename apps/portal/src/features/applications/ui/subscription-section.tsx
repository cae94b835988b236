'use client';

import { StateBadge } from '@parley/ui/badge';
import { Button, ButtonLink } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { ConfirmDialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { TextLink } from '@parley/ui/link';
import { Notice, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { LayoutGrid } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { SubscriptionState } from '@/words/subscription-state.tsx';
import type { Application, Subscription } from './application-types.ts';
import { ChangePlanDialog } from './change-plan-dialog.tsx';

const LIVE = new Set(['requested', 'approved', 'suspended']);

/** What the application may call, asked for, or once held. */
export function SubscriptionSection({
  tenant,
  application,
  mayWrite,
}: {
  tenant: string;
  application: Application;
  mayWrite: boolean;
}) {
  const trpc = useTRPC();
  const { data, error } = useQuery(
    trpc.applications.subscriptions.list.queryOptions({ application: application.slug, limit: 200 }),
  );
  const [changing, setChanging] = useState<Subscription | null>(null);
  const [ending, setEnding] = useState<Subscription | null>(null);
  const fault = faultOf(error);
  const live = data?.items.filter((one) => LIVE.has(one.state)) ?? [];
  const over = data?.items.filter((one) => !LIVE.has(one.state)) ?? [];
  const find = (
    <ButtonLink href={`/t/${tenant}/catalogue`} icon={<LayoutGrid aria-hidden className="size-4" />}>
      Find an API
    </ButtonLink>
  );
  return (
    <Section
      title="Subscriptions"
      description="The APIs this application may call, and on which plan."
      actions={live.length > 0 && mayWrite ? find : undefined}
    >
      {fault ? (
        <Notice tone="danger" title={fault.message} />
      ) : data === undefined ? (
        <SkeletonRows rows={2} />
      ) : live.length === 0 ? (
        <EmptyState icon={<LayoutGrid />} title="Subscribed to nothing yet" action={mayWrite ? find : undefined}>
          Choose an API in the catalogue and subscribe this application to one of its plans.
        </EmptyState>
      ) : (
        <SubscriptionList
          tenant={tenant}
          label="Subscriptions"
          items={live}
          onEnd={mayWrite ? setEnding : null}
          onChange={mayWrite ? setChanging : null}
        />
      )}
      {over.length > 0 && (
        <details className="text-sm">
          <summary className="text-muted">{over.length} in the past</summary>
          <div className="mt-2">
            <SubscriptionList tenant={tenant} label="Past subscriptions" items={over} onEnd={null} onChange={null} />
          </div>
        </details>
      )}
      {changing && <ChangePlanDialog subscription={changing} onClose={() => setChanging(null)} />}
      {ending && <EndDialog subscription={ending} onClose={() => setEnding(null)} />}
    </Section>
  );
}

function SubscriptionList({
  tenant,
  label,
  items,
  onEnd,
  onChange,
}: {
  tenant: string;
  label: string;
  items: readonly Subscription[];
  onEnd: ((subscription: Subscription) => void) | null;
  onChange: ((subscription: Subscription) => void) | null;
}) {
  return (
    <ul aria-label={label} className="flex flex-col gap-2">
      {items.map((one) => (
        <li key={one.id}>
          <Card className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
            <div className="flex min-w-60 flex-1 flex-col gap-1">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <h3 className="font-medium text-sm">
                  <TextLink href={`/t/${tenant}/catalogue/${one.publisher.slug}/${one.api.slug}`}>
                    {one.api.name}
                  </TextLink>
                </h3>
                <StateBadge state={one.state} />
                <span className="text-faint text-xs">
                  by {one.publisher.name} · plan {one.plan.name}
                </span>
              </div>
              <p className="text-muted text-sm">
                <SubscriptionState subscription={one} />
              </p>
              {one.price && <p className="text-sm">{one.price.words.join(' · ')}</p>}
              {one.nextPrice && (
                <p className="text-muted text-xs">
                  From {one.nextPrice.effectiveFrom.slice(0, 16).replace('T', ' ')} UTC:{' '}
                  {one.nextPrice.words.join(' · ')}
                </p>
              )}
              <p className="text-faint text-xs">{one.plan.words.join(' ')}</p>
            </div>
            {onChange && one.state === 'approved' && (
              <Button size="sm" onClick={() => onChange(one)}>
                Change plan
              </Button>
            )}
            {onEnd && (
              <Button size="sm" variant="ghost" onClick={() => onEnd(one)}>
                {one.state === 'requested' ? 'Withdraw' : 'Cancel'}
              </Button>
            )}
          </Card>
        </li>
      ))}
    </ul>
  );
}

function EndDialog({ subscription, onClose }: { subscription: Subscription; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const cancel = useMutation(
    trpc.applications.subscriptions.cancel.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: trpc.applications.pathKey() });
        await queries.invalidateQueries({ queryKey: trpc.catalogue.pathKey() });
        onClose();
      },
    }),
  );
  const { api, publisher, application, state } = subscription;
  const waiting = state === 'requested';
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={waiting ? `Withdraw the request for ${api.name}?` : `Cancel the subscription to ${api.name}?`}
      consequence={
        waiting
          ? `${publisher.name} will not decide on it any more. You can ask again at any time.`
          : `Calls of ${application.name} to ${api.name} are refused from now on.${subscription.plan.approval === 'manual' ? ` To come back, ${publisher.name} has to approve again.` : ''}${subscription.price ? ' What was used until now comes on a final invoice, about an hour later.' : ''}`
      }
      confirmLabel={waiting ? 'Withdraw' : 'Cancel subscription'}
      busy={cancel.isPending}
      error={faultOf(cancel.error)?.message}
      onConfirm={() => cancel.mutate({ id: subscription.id })}
    />
  );
}
