import { Badge } from '@parley/ui/badge';
import { Count, Duration } from '@parley/ui/format';
import type { ReactNode } from 'react';
import { capabilityLabel } from './capabilities.ts';
import { type Compared, FEW_CALLS } from './compare-figures.ts';
import { amount } from './money.ts';
import { byUnitOnly, unitPrices } from './price-draft.ts';

/** What models are compared by, in the order it is shown. */
export interface Trait {
  readonly key: string;
  readonly header: string;
  readonly cell: (model: Compared) => ReactNode;
  readonly value: (model: Compared) => number | null;
  /** Which is better, for marking the best of those side by side. */
  readonly best?: 'least' | 'most';
  readonly wide?: boolean;
}

/** A figure and its unit on one line. */
function Time({ ms }: { ms: number | null }): ReactNode {
  return (
    <span className="whitespace-nowrap">
      <Duration ms={ms} />
    </span>
  );
}

const NOTHING = <span className="text-faint">–</span>;

function tokenPrice(model: Compared, field: 'input' | 'output' | 'cachedInput'): ReactNode {
  return model.price === null || byUnitOnly(model.price) ? NOTHING : amount(model.price[field], model.price.currency);
}

function rate(model: Compared, field: 'input' | 'output' | 'cachedInput'): number | null {
  return model.price === null || byUnitOnly(model.price) ? null : Number(model.price[field]);
}

export const TRAITS: readonly Trait[] = [
  {
    key: 'input',
    header: 'Input / M',
    cell: (model) => tokenPrice(model, 'input'),
    value: (model) => rate(model, 'input'),
    best: 'least',
  },
  {
    key: 'output',
    header: 'Output / M',
    cell: (model) => tokenPrice(model, 'output'),
    value: (model) => rate(model, 'output'),
    best: 'least',
  },
  {
    key: 'cached',
    header: 'Cached / M',
    cell: (model) => tokenPrice(model, 'cachedInput'),
    value: (model) => rate(model, 'cachedInput'),
    best: 'least',
    wide: true,
  },
  {
    key: 'window',
    header: 'Window',
    cell: ({ contextTokens }) => (contextTokens === null ? NOTHING : <Count value={contextTokens} />),
    value: ({ contextTokens }) => contextTokens,
    best: 'most',
  },
  {
    key: 'ttft',
    header: 'First token',
    cell: ({ ttftMs }) => <Time ms={ttftMs} />,
    value: ({ ttftMs }) => ttftMs,
    best: 'least',
  },
  {
    key: 'speed',
    header: 'Tokens / s',
    cell: ({ tokensPerSecond }) => (tokensPerSecond === null ? NOTHING : tokensPerSecond.toFixed(1)),
    value: ({ tokensPerSecond }) => tokensPerSecond,
    best: 'most',
  },
  {
    key: 'p50',
    header: 'p50',
    cell: ({ p50Ms }) => <Time ms={p50Ms} />,
    value: ({ p50Ms }) => p50Ms,
    best: 'least',
  },
  {
    key: 'p95',
    header: 'p95',
    cell: ({ p95Ms }) => <Time ms={p95Ms} />,
    value: ({ p95Ms }) => p95Ms,
    best: 'least',
  },
  {
    key: 'errors',
    header: 'Errors',
    cell: ({ errorShare }) => (errorShare === null ? NOTHING : `${(errorShare * 100).toFixed(1)} %`),
    value: ({ errorShare }) => errorShare,
    best: 'least',
  },
  {
    key: 'calls',
    header: 'Calls',
    cell: ({ calls }) => (
      <span className={calls < FEW_CALLS ? 'text-faint' : undefined}>
        {calls === 0 ? 'none' : <Count value={calls} />}
        {calls > 0 && calls < FEW_CALLS && ' (few)'}
      </span>
    ),
    value: ({ calls }) => calls,
  },
];

/** What stands beside the figures where models are side by side. */
export const WORDS: readonly { readonly header: string; readonly cell: (model: Compared) => ReactNode }[] = [
  { header: 'Provider', cell: ({ provider }) => provider },
  {
    header: 'Also sold by',
    cell: ({ price }) => {
      const units = price === null ? [] : unitPrices(price);
      if (price === null || units.length === 0) return NOTHING;
      return units.map(({ amount: each, of }) => `${amount(each, price.currency)} for ${of}`).join(', ');
    },
  },
  {
    header: 'Long inputs',
    cell: ({ price }) => {
      const [tier] = price?.tiers ?? [];
      if (!price || !tier) return NOTHING;
      return `${amount(tier.input, price.currency)} in, ${amount(tier.output, price.currency)} out above ${tier.aboveInputTokens.toLocaleString('en')}`;
    },
  },
  {
    header: 'Longest answer',
    cell: ({ maxOutputTokens }) => (maxOutputTokens === null ? NOTHING : <Count value={maxOutputTokens} />),
  },
  {
    header: 'Can',
    cell: ({ capabilities }) => (
      <span className="flex flex-wrap gap-1">
        {capabilities.map((capability) => (
          <Badge key={capability}>{capabilityLabel(capability)}</Badge>
        ))}
      </span>
    ),
  },
];
