'use client';

import { Stat } from '@parley/ui/card';
import { EmptyState } from '@parley/ui/empty-state';
import { Field, Input, Select } from '@parley/ui/field';
import { Money } from '@parley/ui/format';
import { Notice } from '@parley/ui/page';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Scale } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { ReconcileTable } from './reconcile-table.tsx';

/** Compares a provider's own usage or cost export with what was recorded here. */
export function ReconcilePanel() {
  const trpc = useTRPC();
  const [chosen, choose] = useState('');
  const providers = useQuery(trpc.costs.providers.queryOptions({ limit: 200 }));
  const compare = useMutation(trpc.costs.reconcile.mutationOptions());
  const items = providers.data?.items ?? [];
  const provider = chosen || (items[0]?.slug ?? '');
  const fault = faultOf(compare.error);
  const found = compare.data;
  if (providers.data && items.length === 0) {
    return (
      <EmptyState icon={<Scale />} title="No providers">
        There is nothing to compare an export with.
      </EmptyState>
    );
  }
  return (
    <div className="flex min-w-0 flex-col gap-6">
      <p className="max-w-2xl text-muted text-sm">
        A usage or cost export of OpenAI or Anthropic, JSON of their usage APIs or CSV of their consoles, set beside the
        calls recorded here, by day of UTC and model. Only the sums are kept, in the audit log.
      </p>
      <div className="grid max-w-2xl grid-cols-1 gap-4 sm:grid-cols-2">
        <Field label="Provider">
          <Select
            value={provider}
            onChange={(event) => choose(event.target.value)}
            options={items.map(({ slug, name }) => ({ value: slug, label: name }))}
          />
        </Field>
        <Field label="Export" error={fault?.issues[0]?.message ?? fault?.message}>
          <Input
            type="file"
            className="py-1.5"
            accept=".json,.csv,application/json,text/csv"
            disabled={compare.isPending || provider === ''}
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              void file?.text().then((text) => compare.mutate({ provider, text }));
            }}
          />
        </Field>
      </div>
      {found && (
        <>
          <div className="grid grid-cols-1 gap-3 sm:grid-cols-3">
            <Stat
              label="Days and models that agree"
              value={`${found.agreeing} of ${found.agreeing + found.differing}`}
              note={`${found.format}, ${found.from} to ${found.to}`}
            />
            {found.currency !== null && (
              <>
                <Stat
                  label="The provider says"
                  value={<Money nano={found.total.theirs.costNano ?? '0'} currency={found.currency} />}
                />
                <Stat
                  label="Recorded here"
                  value={<Money nano={found.total.ours.costNano ?? '0'} currency={found.currency} />}
                />
              </>
            )}
          </div>
          {found.incomplete && (
            <Notice tone="warning" title="The provider has more pages than these.">
              Ask it for all of them, and give them as one JSON list.
            </Notice>
          )}
          <ReconcileTable found={found} />
        </>
      )}
    </div>
  );
}
