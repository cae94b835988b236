'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Duration } from '@parley/ui/format';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { RouterOutputs } from '@/trpc/root.ts';

export type Comparison = RouterOutputs['apis']['variants'];
export type Place = Comparison['places'][number];

const COLUMNS =
  'grid grid-cols-2 gap-x-4 gap-y-1 sm:grid-cols-[minmax(0,1.4fr)_minmax(0,1.6fr)_4rem_4rem_4.5rem_4.5rem_7.5rem]';

/** The variants of a place beside each other: what each is meant to get, what it got, and how it did. */
export function VariantList({
  place,
  acts,
}: {
  place: Place;
  /** What may be done with a variant, at its end. */
  acts: (name: string) => { label: string; onPress: (() => void) | null; busy: boolean } | null;
}) {
  const total = place.variants.reduce((sum, { calls }) => sum + calls, 0);
  return (
    <div role="table" aria-label="Variants" className="rounded-md border bg-surface">
      <div role="row" className={clsx(COLUMNS, 'hidden border-b bg-sunken px-4 py-2 text-muted text-xs sm:grid')}>
        {['Variant', 'Share', 'Calls', 'Failed', 'p50', 'p95'].map((name, at) => (
          <span key={name} role="columnheader" className={clsx('font-medium', at > 1 && 'text-right')}>
            {name}
          </span>
        ))}
        <span role="columnheader">
          <span className="sr-only">Acts</span>
        </span>
      </div>
      {place.variants.map((variant) => {
        const act = acts(variant.name);
        const share = total === 0 ? 0 : variant.calls / total;
        const isCanary = place.canary?.variant === variant.name;
        return (
          <div
            key={variant.name}
            role="row"
            className={clsx(COLUMNS, 'items-center border-b px-4 py-3 text-sm last:border-b-0')}
          >
            <div role="cell" className="col-span-2 min-w-0 sm:col-span-1">
              <span className="flex flex-wrap items-center gap-2">
                <span className="font-medium">{variant.name}</span>
                {isCanary && <Badge tone="accent">Canary</Badge>}
              </span>
              <span className="block truncate font-mono text-faint text-xs">{variant.upstream}</span>
            </div>
            <div role="cell" className="col-span-2 min-w-0 sm:col-span-1">
              <span className="flex items-baseline justify-between gap-2 text-xs tabular-nums">
                <span className="font-medium text-sm">{total === 0 ? '–' : percent(share)}</span>
                <span className="text-faint">
                  {isCanary ? 'by steps' : `weight ${percent(variant.weight / 10_000)}`}
                </span>
              </span>
              <span aria-hidden className="mt-1 block h-1.5 overflow-hidden rounded-full bg-hover">
                <span
                  className={clsx('block h-full rounded-full', isCanary ? 'bg-chart-2' : 'bg-chart-1')}
                  style={{ width: `${share * 100}%` }}
                />
              </span>
            </div>
            <Figure name="Calls">{variant.calls.toLocaleString('en')}</Figure>
            <Figure name="Failed" bad={variant.failed > 0}>
              {variant.upstreamCalls === 0 ? '–' : percent(variant.failed / variant.upstreamCalls)}
            </Figure>
            <Figure name="p50">
              <Time us={variant.p50Us} />
            </Figure>
            <Figure name="p95">
              <Time us={variant.p95Us} />
            </Figure>
            <div role="cell" className="col-span-2 sm:col-span-1 sm:justify-self-end">
              {act && (
                <Button size="sm" disabled={act.onPress === null} busy={act.busy} onClick={act.onPress ?? undefined}>
                  {act.label}
                </Button>
              )}
            </div>
          </div>
        );
      })}
    </div>
  );
}

function Figure({ name, bad, children }: { name: string; bad?: boolean; children: ReactNode }) {
  return (
    <div
      role="cell"
      className={clsx('flex justify-between gap-2 tabular-nums sm:block sm:text-right', bad && 'text-danger-text')}
    >
      <span className="text-faint text-xs sm:hidden">{name}</span>
      <span>{children}</span>
    </div>
  );
}

function Time({ us }: { us: number | null }) {
  return us === null ? '–' : <Duration ms={us / 1000} />;
}

function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? value.toFixed(2) : Number(value.toFixed(1))} %`;
}
