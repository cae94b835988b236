'use client';

import { Badge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { Count, RelativeTime } from '@parley/ui/format';
import { countText } from '@parley/ui/format-text';
import { Menu, MenuItem, MenuSeparator } from '@parley/ui/menu';
import { type Column, DataTable } from '@parley/ui/table';
import { toast } from '@parley/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { CircleDollarSign, MoreHorizontal, Pencil, Power } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { capabilityLabel } from './capabilities.ts';
import type { Model } from './model-sheet.tsx';
import { amount } from './money.ts';
import { byUnitOnly, unitPrices } from './price-draft.ts';
import { PriceSheet } from './price-sheet.tsx';
import { useRefresh } from './use-refresh.ts';

/** What a million tokens of input cost, and what else it is sold by. */
function InputPrice({ price }: { price: Model['price'] }) {
  if (price === null) return '–';
  const units = unitPrices(price);
  return (
    <span>
      {!byUnitOnly(price) && amount(price.input, price.currency)}
      {units.map(({ amount: each, of }) => (
        <span key={of} className="block whitespace-nowrap">
          {amount(each, price.currency)} <span className="text-faint text-xs">{of}</span>
        </span>
      ))}
      {price.tiers.map((tier) => (
        <span key={tier.aboveInputTokens} className="block whitespace-nowrap text-faint text-xs">
          {amount(tier.input, price.currency)} above {countText(tier.aboveInputTokens)}
        </span>
      ))}
    </span>
  );
}

const COLUMNS: readonly Column<Model>[] = [
  {
    key: 'name',
    header: 'Model',
    sortValue: (model) => model.slug,
    cell: (model) => (
      <span className="flex flex-col">
        <span className="flex items-center gap-2">
          <span className="whitespace-nowrap font-mono text-sm">{model.slug}</span>
          {model.disabledAt && <Badge>Out of service</Badge>}
          {!model.disabledAt && !model.price && <Badge tone="warning">No price</Badge>}
        </span>
        {model.name !== model.slug && <span className="text-faint text-xs">{model.name}</span>}
      </span>
    ),
  },
  {
    key: 'provider',
    header: 'Provider',
    sortValue: (model) => model.provider,
    csvValue: (model) => `${model.provider}/${model.providerModel}`,
    cell: (model) => (
      <span className="flex flex-col">
        <span>{model.provider}</span>
        <span className="max-w-64 truncate font-mono text-faint text-xs" title={model.providerModel}>
          {model.providerModel}
        </span>
      </span>
    ),
  },
  {
    key: 'input',
    header: 'Input / M',
    align: 'end',
    sortValue: (model) => (model.price ? Number(model.price.input) : null),
    cell: (model) => <InputPrice price={model.price} />,
  },
  {
    key: 'output',
    header: 'Output / M',
    align: 'end',
    sortValue: (model) => (model.price ? Number(model.price.output) : null),
    cell: (model) => (
      <span>
        {model.price && !byUnitOnly(model.price) ? amount(model.price.output, model.price.currency) : '–'}
        {model.nextPrice && (
          <span className="block text-faint text-xs">
            changes <RelativeTime at={model.nextPrice.effectiveFrom} />
          </span>
        )}
      </span>
    ),
  },
  {
    key: 'cached',
    header: 'Cached / M',
    align: 'end',
    wide: true,
    sortValue: (model) => (model.price ? Number(model.price.cachedInput) : null),
    cell: (model) =>
      model.price && !byUnitOnly(model.price) ? amount(model.price.cachedInput, model.price.currency) : '–',
  },
  {
    key: 'window',
    header: 'Window',
    align: 'end',
    sortValue: (model) => model.contextTokens,
    cell: (model) => (model.contextTokens === null ? '–' : <Count value={model.contextTokens} />),
  },
  {
    key: 'answer',
    header: 'Longest answer',
    align: 'end',
    wide: true,
    sortValue: (model) => model.maxOutputTokens,
    cell: (model) => (model.maxOutputTokens === null ? '–' : <Count value={model.maxOutputTokens} />),
  },
  {
    key: 'can',
    header: 'Can',
    wide: true,
    csvValue: (model) => model.capabilities.join(' '),
    cell: (model) => (
      <span className="flex flex-wrap gap-1">
        {model.capabilities.map((capability) => (
          <Badge key={capability}>{capabilityLabel(capability)}</Badge>
        ))}
      </span>
    ),
  },
];

/** Every model with its price now, and what may be done with it. */
export function ModelsTable({
  models,
  mayWrite,
  onEdit,
  onAdd,
}: {
  models: readonly Model[] | undefined;
  mayWrite: boolean;
  onEdit: (model: Model) => void;
  onAdd: () => void;
}) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [pricing, setPricing] = useState<Model | null>(null);
  const [stopping, setStopping] = useState<Model | null>(null);
  const disable = useMutation(
    trpc.providers.disableModel.mutationOptions({
      onSuccess: () => {
        setStopping(null);
        return refresh();
      },
    }),
  );
  const enable = useMutation(
    trpc.providers.enableModel.mutationOptions({
      onSuccess: refresh,
      onError: (error) => toast({ tone: 'danger', title: faultOf(error)?.message ?? 'It could not be put back.' }),
    }),
  );
  return (
    <>
      <DataTable
        label="Models"
        columns={COLUMNS}
        rows={models}
        rowKey={(model) => model.id}
        filterText={(model) =>
          `${model.slug} ${model.name} ${model.provider} ${model.providerModel} ${model.capabilities.map(capabilityLabel).join(' ')}`
        }
        initialSort="name"
        empty={
          <EmptyState
            title="No model yet"
            action={
              mayWrite && (
                <Button variant="primary" onClick={onAdd}>
                  Add a model
                </Button>
              )
            }
          >
            Test a provider to see what it offers, or add a model by its name.
          </EmptyState>
        }
        rowActions={
          mayWrite
            ? (model) => (
                <Menu
                  trigger={
                    <IconButton label={`More for ${model.slug}`} size="sm">
                      <MoreHorizontal />
                    </IconButton>
                  }
                >
                  <MenuItem icon={<Pencil />} onSelect={() => onEdit(model)}>
                    Edit
                  </MenuItem>
                  <MenuItem icon={<CircleDollarSign />} onSelect={() => setPricing(model)}>
                    Prices
                  </MenuItem>
                  <MenuSeparator />
                  {model.disabledAt ? (
                    <MenuItem icon={<Power />} onSelect={() => enable.mutate({ model: model.slug })}>
                      Put back into service
                    </MenuItem>
                  ) : (
                    <MenuItem danger icon={<Power />} onSelect={() => setStopping(model)}>
                      Take out of service
                    </MenuItem>
                  )}
                </Menu>
              )
            : undefined
        }
      />
      {pricing && <PriceSheet model={pricing} onClose={() => setPricing(null)} />}
      <ConfirmDialog
        open={stopping !== null}
        onOpenChange={() => setStopping(null)}
        title={`Take ${stopping?.slug ?? ''} out of service?`}
        consequence="Every call that needs this model is refused within a second: chats that name it and prompts written for it. You can put it back at any time."
        confirmLabel="Take out of service"
        busy={disable.isPending}
        error={faultOf(disable.error)?.message}
        onConfirm={() => stopping && disable.mutate({ model: stopping.slug })}
      />
    </>
  );
}
