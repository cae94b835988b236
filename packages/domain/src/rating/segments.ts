import type { Outcome, PlanPricing } from '@parley/contracts/plan-pricing';
import type { CalendarPeriod } from '../calendar-period.ts';
import type { Quantities } from './quantities.ts';

/** Usage is summed by quarters of an hour: every zone's midnight is at the begin of one. */
export const SLOT_MS = 900_000;

/** Time in which a subscription stood under one version of one plan's price. */
export interface PricedSegment {
  readonly id: string;
  readonly fromMs: number;
  /** `null`: still. */
  readonly untilMs: number | null;
  readonly planId: string;
  readonly price: { readonly id: string; readonly currency: string; readonly pricing: PlanPricing };
}

/** Where usage stands: under which plan its calls were made, and in which slot (Unix ms of its begin). */
export interface SlotPlace {
  readonly slotMs: number;
  readonly planId: string;
}

/** Usage of one subscription, summed over the calls of a slot that are alike. `currency` is that of their cost. */
export interface UsageSlot extends SlotPlace {
  /** `''` for calls that asked no model. */
  readonly model: string;
  readonly outcome: Outcome;
  readonly currency: string;
  readonly used: Quantities;
}

/** First moment that is charged: trials end with a slot, so that the usage of one is never half free. */
export function trialEnd(startedMs: number, trialDays: number): number {
  if (trialDays === 0) return startedMs;
  return Math.ceil((startedMs + trialDays * 86_400_000) / SLOT_MS) * SLOT_MS;
}

/** The part of a segment within a period; `null` if there is none. */
export function clip({ fromMs, untilMs }: PricedSegment, period: CalendarPeriod): CalendarPeriod | null {
  const startMs = Math.max(fromMs, period.startMs);
  const endMs = Math.min(untilMs ?? period.endMs, period.endMs);
  return startMs < endMs ? { startMs, endMs } : null;
}

/**
 * Which segment a slot's usage belongs to (its index; segments in order of time): the last of the same plan that began before
 * the slot ended. So the usage of calls that ended after their segment still belongs to it. `-1`: none, nothing was priced then.
 */
export function segmentOf(
  segments: readonly Pick<PricedSegment, 'planId' | 'fromMs'>[],
  { slotMs, planId }: SlotPlace,
): number {
  return segments.findLastIndex((segment) => segment.planId === planId && segment.fromMs < slotMs + SLOT_MS);
}
