import type { RouterOutputs } from '@/trpc/root.ts';
import type { Model } from './model-sheet.tsx';
import { byUnitOnly } from './price-draft.ts';

type Figures = RouterOutputs['usage']['breakdown']['rows'][number]['figures'];

/** A model with what was measured of its calls; `null` where nothing was. */
export interface Compared extends Model {
  readonly calls: number;
  /** Milliseconds. */
  readonly ttftMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Answered with 5xx, of all; 0 to 1. */
  readonly errorShare: number | null;
  /** Output tokens a second, over whole calls: waiting for the first one is in it. */
  readonly tokensPerSecond: number | null;
}

/** Fewer calls than this say little. */
export const FEW_CALLS = 20;

const ms = (us: number | null): number | null => (us === null ? null : us / 1000);

/** Models beside what usage says of them. */
export function compared(
  models: readonly Model[],
  usage: readonly { readonly key: string; readonly figures: Figures }[],
): Compared[] {
  const figuresOf = new Map(usage.map(({ key, figures }) => [key, figures]));
  return models.map((model) => {
    const figures = figuresOf.get(model.slug);
    const calls = figures?.requests ?? 0;
    if (figures === undefined || calls === 0)
      return { ...model, calls: 0, ttftMs: null, p50Ms: null, p95Ms: null, errorShare: null, tokensPerSecond: null };
    return {
      ...model,
      calls,
      ttftMs: ms(figures.ttftUs.p50),
      p50Ms: ms(figures.latencyUs.p50),
      p95Ms: ms(figures.latencyUs.p95),
      errorShare: figures.serverErrors / calls,
      tokensPerSecond:
        figures.outputTokens > 0 && figures.durationUs > 0
          ? figures.outputTokens / (figures.durationUs / 1_000_000)
          : null,
    };
  });
}

export interface ModelFilter {
  readonly provider: string;
  readonly capability: string;
  /** Most for a million tokens of input, as typed; models without such a price do not fit. */
  readonly mostInput: string;
  /** Least window in tokens, as typed. */
  readonly leastWindow: string;
}

const numberIn = (text: string): number | null => {
  const digits = text.replaceAll(/[\s,_]/g, '');
  const factor = /k$/i.test(digits) ? 1000 : /m$/i.test(digits) ? 1_000_000 : 1;
  const value = Number(digits.replace(/[km]$/i, ''));
  return digits === '' || !Number.isFinite(value) ? null : value * factor;
};

/** Whether a model is what is looked for. What is not known of it does not fit a bound. */
export function fits(model: Model, { provider, capability, mostInput, leastWindow }: ModelFilter): boolean {
  if (provider !== '' && model.provider !== provider) return false;
  if (capability !== '' && !model.capabilities.includes(capability)) return false;
  const most = numberIn(mostInput);
  if (most !== null && (model.price === null || byUnitOnly(model.price) || Number(model.price.input) > most))
    return false;
  const least = numberIn(leastWindow);
  return least === null || (model.contextTokens ?? 0) >= least;
}
