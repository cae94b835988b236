'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { RelativeTime } from '@parley/ui/format';
import { Sheet } from '@parley/ui/sheet';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Model } from './model-sheet.tsx';
import { byUnitOnly, draftOf, noPrice, priceFieldPaths, priceOf, unitPrices } from './price-draft.ts';
import { PriceFields } from './price-fields.tsx';
import { useRefresh } from './use-refresh.ts';

/** A model's prices, past to future, and a form for the next one. Prices are never changed, only followed by another. */
export function PriceSheet({ model, onClose }: { model: Model; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const { can, tenant } = useShell();
  const prices = useQuery(trpc.providers.prices.queryOptions({ model: model.slug }));
  const [draft, setDraft] = useState(() => (model.price ? draftOf(model.price) : noPrice(tenant.currency)));
  const [from, setFrom] = useState('');
  const add = useMutation(
    trpc.providers.addPrice.mutationOptions({
      onSuccess: async () => {
        setFrom('');
        await refresh();
      },
    }),
  );
  const fault = faultOf(add.error);
  return (
    <Sheet open onOpenChange={onClose} title={`Prices of ${model.slug}`} description="Per million tokens.">
      <div className="flex flex-col gap-6">
        {prices.data ? (
          prices.data.items.length > 0 ? (
            <ol className="flex flex-col divide-y rounded-md border">
              {prices.data.items.map((price) => (
                <li key={price.id} className="flex flex-wrap items-center justify-between gap-2 px-3 py-2.5 text-sm">
                  <span className="tabular-nums">
                    {byUnitOnly(price) ? '' : `${price.input} in · ${price.output} out ${price.currency}`}
                    {unitPrices(price).map(({ amount, of }, place) => (
                      <span key={of}>
                        {place > 0 || !byUnitOnly(price) ? ' · ' : ''}
                        {amount} {price.currency} for {of}
                      </span>
                    ))}
                    {price.cachedInput !== price.input && (
                      <span className="text-faint"> · cached {price.cachedInput}</span>
                    )}
                    {price.reasoning !== price.output && (
                      <span className="text-faint"> · reasoning {price.reasoning}</span>
                    )}
                    {price.perRequest !== '0' && <span className="text-faint"> · {price.perRequest} per call</span>}
                    {price.tiers.map((tier) => (
                      <span key={tier.aboveInputTokens} className="block text-faint">
                        above {tier.aboveInputTokens.toLocaleString('en')} tokens: {tier.input} in · {tier.output} out
                      </span>
                    ))}
                  </span>
                  <span className="flex items-center gap-2 text-faint text-xs">
                    {price.id === model.price?.id && !add.isSuccess && <Badge tone="success">In force</Badge>}
                    from <RelativeTime at={price.effectiveFrom} />
                  </span>
                </li>
              ))}
            </ol>
          ) : (
            <p className="text-muted text-sm">No price yet: calls to this model are refused.</p>
          )
        ) : (
          <SkeletonRows rows={3} />
        )}
        {can('providers.write') && (
          <Form
            fault={fault}
            fields={[...priceFieldPaths(), 'effectiveFrom']}
            onSubmit={() =>
              add.mutateAsync({
                model: model.slug,
                ...priceOf(draft),
                ...(from ? { effectiveFrom: new Date(from).toISOString() } : {}),
              })
            }
          >
            <h3 className="border-t pt-4 font-medium text-sm">A new price</h3>
            <PriceFields draft={draft} onChange={setDraft} fault={fault} />
            <Field
              label="In force from"
              optional
              error={issueOf(fault, 'effectiveFrom')}
              hint="Now, unless you choose a later moment. Calls made before keep the price they were made at."
            >
              <Input type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />
            </Field>
            <Button type="submit" variant="primary" className="self-end" busy={add.isPending}>
              Set price
            </Button>
          </Form>
        )}
      </div>
    </Sheet>
  );
}
