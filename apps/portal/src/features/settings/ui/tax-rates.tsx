'use client';

import { Badge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { Notice, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Percent, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { NewTaxRateDialog } from './new-tax-rate-dialog.tsx';

type Rate = RouterOutputs['settings']['taxRates']['items'][number];

const placeOf = ({ country, region }: Rate): string =>
  country === '' ? 'Countries that no other rate names' : [country, region].filter(Boolean).join('-');

/** Rates of tax that invoices add: made and ended, never changed. */
export function TaxRates() {
  const trpc = useTRPC();
  const { can } = useShell();
  const rates = useQuery(trpc.settings.taxRates.queryOptions({ limit: 200 }));
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<Rate | null>(null);
  const items = rates.data?.items;
  const fault = faultOf(rates.error);
  const add = can('billing.write') && (
    <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setAdding(true)}>
      Add rate
    </Button>
  );
  return (
    <Section
      title="Tax"
      description="Added to what is left to pay, by the customer’s country. Without a rate, invoices add none."
      actions={items && items.length > 0 ? add : undefined}
    >
      {fault ? (
        <Notice tone="danger" title={fault.message} />
      ) : items === undefined ? (
        <SkeletonRows rows={2} />
      ) : items.length === 0 ? (
        <EmptyState icon={<Percent />} title="No tax is added" action={add}>
          Add the rates you have to charge, one for each country.
        </EmptyState>
      ) : (
        <ul aria-label="Tax rates" className="divide-y rounded-md border bg-surface">
          {items.map((rate) => (
            <li key={rate.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 text-sm">
              <span className="min-w-0 flex-1">
                {rate.name} {rate.percent} %<span className="block text-muted text-xs">{placeOf(rate)}</span>
              </span>
              {rate.reverseCharge && <Badge>Reverse charge</Badge>}
              {can('billing.write') && (
                <IconButton size="sm" label={`End ${rate.name} ${rate.percent} %`} onClick={() => setEnding(rate)}>
                  <Trash2 />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {adding && <NewTaxRateDialog onClose={() => setAdding(false)} />}
      {ending && <EndDialog rate={ending} onClose={() => setEnding(null)} />}
    </Section>
  );
}

function EndDialog({ rate, onClose }: { rate: Rate; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const end = useMutation(
    trpc.settings.archiveTaxRate.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.settings.taxRates.pathFilter());
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`End ${rate.name} ${rate.percent} %?`}
      consequence="Invoices issued from now on do not add it. Those already issued stay as they are."
      confirmLabel="End rate"
      busy={end.isPending}
      error={faultOf(end.error)?.message}
      onConfirm={() => end.mutate({ rate: rate.id })}
    />
  );
}
