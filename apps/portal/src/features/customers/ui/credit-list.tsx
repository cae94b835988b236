'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime } from '@parley/ui/format';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Gift } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { Amount } from './amount.tsx';

type Grant = RouterOutputs['customers']['credit']['items'][number];

/** Credit of an account, newest first, with what is left of each; the publisher may take it back. */
export function CreditList({ accountId, currency }: { accountId: string; currency: string }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const [taking, setTaking] = useState<Grant | null>(null);
  const credit = useQuery(trpc.customers.credit.queryOptions({ account: accountId, limit: 100 }));
  if (!credit.data) return <SkeletonRows rows={2} />;
  if (credit.data.items.length === 0) {
    return (
      <EmptyState icon={<Gift />} title="No credit">
        What is used is invoiced at the end of the month.
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="divide-y rounded-md border bg-surface">
        {credit.data.items.map((grant) => (
          <li key={grant.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 text-sm">
            <span className="min-w-0 flex-1">
              <span className="font-medium">
                <Amount value={grant.remaining} currency={currency} />
              </span>{' '}
              left of <Amount value={grant.amount} currency={currency} />
              {grant.note && <span className="block break-words text-muted text-xs">{grant.note}</span>}
            </span>
            <span className="text-muted text-xs">
              given <RelativeTime at={grant.createdAt} />
              {grant.expiresAt && !grant.ended && (
                <>
                  , ends <RelativeTime at={grant.expiresAt} />
                </>
              )}
            </span>
            <Badge>{grant.kind === 'purchased' ? 'Paid for' : 'Gift'}</Badge>
            {grant.ended ? (
              <Badge>{grant.ended.how === 'expired' ? 'Expired' : 'Taken back'}</Badge>
            ) : (
              can('billing.write') && (
                <Button size="sm" variant="ghost" onClick={() => setTaking(grant)}>
                  Take back
                </Button>
              )
            )}
          </li>
        ))}
      </ul>
      {credit.data.nextCursor && <p className="text-muted text-sm">These are the newest 100.</p>}
      {taking && <TakeBack accountId={accountId} grant={taking} onClose={() => setTaking(null)} />}
    </>
  );
}

function TakeBack({ accountId, grant, onClose }: { accountId: string; grant: Grant; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const take = useMutation(
    trpc.customers.voidCredit.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.customers.pathFilter());
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Take this credit back?"
      confirmLabel="Take it back"
      busy={take.isPending}
      error={faultOf(take.error)?.message}
      onConfirm={() => take.mutate({ account: accountId, grant: grant.id })}
      consequence={
        grant.kind === 'purchased'
          ? `What is left of it, ${grant.remaining}, is then owed back to the customer. What it has paid for stays paid.`
          : `What is left of it, ${grant.remaining}, pays for nothing any more. What it has paid for stays paid.`
      }
    />
  );
}
