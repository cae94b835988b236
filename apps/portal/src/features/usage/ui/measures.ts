import { countText, durationText, moneyText } from '@parley/ui/format-text';
import type { RouterOutputs } from '@/trpc/root.ts';

export type Figures = RouterOutputs['usage']['summary']['current'];

export interface Measure {
  readonly label: string;
  /** What is drawn; percentiles do not add up, so they are never stacked. */
  readonly of: (figures: Figures, currency: string) => number | null;
  readonly write: (value: number, currency: string) => string;
  readonly stacked: boolean;
  /** Known by outcome as well; only requests are. */
  readonly byOutcome: boolean;
}

/** Everything the chart can draw. */
export const MEASURES = {
  requests: {
    label: 'Requests',
    of: (figures) => figures.requests,
    write: countText,
    stacked: true,
    byOutcome: true,
  },
  errors: {
    label: 'Errors',
    of: (figures) => errorsOf(figures),
    write: countText,
    stacked: true,
    byOutcome: false,
  },
  tokens: {
    label: 'Tokens',
    of: (figures) => figures.inputTokens + figures.outputTokens,
    write: countText,
    stacked: true,
    byOutcome: false,
  },
  cost: {
    label: 'Cost',
    of: (figures, currency) => Number(costOf(figures, currency)) / 1e9,
    write: (value, currency) => moneyText(BigInt(Math.round(value * 1e9)), currency),
    stacked: true,
    byOutcome: false,
  },
  p95: {
    label: 'p95 latency',
    of: ({ latencyUs }) => (latencyUs.p95 === null ? null : latencyUs.p95 / 1000),
    write: durationText,
    stacked: false,
    byOutcome: false,
  },
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[];

export function errorsOf(figures: Figures): number {
  return figures.clientErrors + figures.serverErrors;
}

/** Share of calls answered 4xx or 5xx, 0 to 1; `null` without calls. */
export function errorShare(figures: Figures): number | null {
  return figures.requests === 0 ? null : errorsOf(figures) / figures.requests;
}

/** Cost in one currency, in nano-units. */
export function costOf(figures: Figures, currency: string): bigint {
  return BigInt(figures.costs.find((cost) => cost.currency === currency)?.nano ?? '0');
}

/** The currency to show: the tenant's own where it was used, else the first that was. */
export function shownCurrency(figures: Figures | undefined, own: string): string {
  const used = figures?.costs.map((cost) => cost.currency) ?? [];
  return used.includes(own) ? own : (used[0] ?? own);
}
