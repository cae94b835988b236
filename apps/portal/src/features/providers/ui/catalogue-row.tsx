'use client';

import { Badge } from '@parley/ui/badge';
import { Checkbox } from '@parley/ui/field';
import { Count } from '@parley/ui/format';
import type { RouterOutputs } from '@/trpc/root.ts';
import { capabilityLabel } from './capabilities.ts';
import { amount } from './money.ts';

type CatalogueModel = RouterOutputs['providers']['catalogue']['items'][number];

/** Statuses worth a word; current ones need none. */
const STATUS: Readonly<Record<string, { readonly label: string; readonly tone: 'warning' | 'neutral' }>> = {
  superseded: { label: 'Newer one exists', tone: 'neutral' },
  deprecated: { label: 'Deprecated', tone: 'warning' },
  retired: { label: 'Retired', tone: 'warning' },
};

/** A model of the catalogue: what it is called, can and costs, and whether it is taken. */
export function CatalogueRow({
  model,
  have,
  chosen,
  onToggle,
}: {
  model: CatalogueModel;
  have: boolean;
  chosen: boolean;
  onToggle: (on: boolean) => void;
}) {
  const [offer] = model.offers;
  const price = offer?.price ?? null;
  const status = STATUS[model.status];
  const shown = model.can.filter((capability) => capability !== 'chat');
  return (
    <li className="grid gap-x-4 gap-y-2 p-3 sm:grid-cols-[1fr_auto]">
      <div className="flex min-w-0 flex-col gap-1.5">
        <Checkbox
          checked={chosen}
          disabled={have}
          onChange={onToggle}
          label={<span className="font-medium">{model.name}</span>}
          hint={<span className="break-all font-mono">{offer?.name}</span>}
        />
        <div className="flex flex-wrap gap-1 pl-6.5">
          {have && <Badge tone="success">Added</Badge>}
          {status && <Badge tone={status.tone}>{status.label}</Badge>}
          {!price && !have && <Badge tone="warning">No price known</Badge>}
          {shown.map((capability) => (
            <Badge key={capability}>{capabilityLabel(capability)}</Badge>
          ))}
        </div>
      </div>
      <dl className="grid grid-cols-3 gap-x-4 self-start pl-6.5 text-right text-sm tabular-nums sm:w-64 sm:pl-0">
        <Fact label="Window" value={count(offer?.contextTokens ?? model.contextTokens)} />
        <Fact label="Input" value={price?.input ? amount(price.input, 'USD') : '–'} />
        <Fact label="Output" value={price?.output ? amount(price.output, 'USD') : '–'} />
      </dl>
      {price && price.rates.length > 0 && (
        <p className="pl-6.5 text-faint text-xs sm:col-span-2">{price.rates.join(' · ')}</p>
      )}
      {price && price.notes.length > 0 && (
        <details className="pl-6.5 text-xs sm:col-span-2">
          <summary className="cursor-pointer text-muted">Also charged by the provider, and not counted here</summary>
          <ul className="mt-1 list-disc pl-4 text-faint">
            {price.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function count(tokens: number | null) {
  return tokens === null ? '–' : <Count value={tokens} />;
}

function Fact({ label, value }: { label: string; value: React.ReactNode }) {
  return (
    <div className="flex flex-col">
      <dt className="text-faint text-xs">{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
