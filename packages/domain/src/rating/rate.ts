import type { Meter } from '@parley/contracts/plan-pricing';
import type { Nano } from '@parley/kernel/money';
import type { CalendarPeriod } from '../calendar-period.ts';
import { prorate } from './prorate.ts';
import { clip, type PricedSegment, segmentOf, trialEnd, type UsageSlot } from './segments.ts';
import { type UsageLine, usageLines } from './usage-lines.ts';

export interface RatingInput {
  /** The month, by the publisher's calendar. */
  readonly period: CalendarPeriod;
  /** Until when is known what happened: a minimum is charged once its part of the month is over. */
  readonly asOfMs: number;
  /** When the subscription began; its trial counts from there. */
  readonly startedMs: number;
  /** All of the subscription's, in order of time, not overlapping. */
  readonly segments: readonly PricedSegment[];
  /** Usage of the period, in any order and split in any way. */
  readonly usage: readonly UsageSlot[];
}

interface LinePlace {
  readonly segmentId: string;
  readonly priceId: string;
  readonly planId: string;
  readonly currency: string;
  /** The part of the month it is for (Unix ms). */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly amountNano: Nano;
}

/** What a subscription owes for a month and why. Of a `usage` line: units counted, included, and charged. */
export type RatedLine =
  | (LinePlace & { readonly kind: 'recurring' | 'minimum' | 'trial' })
  | (LinePlace & UsageLine & { readonly kind: 'usage' });

/** Usage that a rule ought to charge and cannot: its cost is in another currency than the price. */
export interface Unrated {
  readonly priceId: string;
  readonly ruleId: string;
  readonly meter: Meter;
  readonly currency: string;
  readonly quantity: bigint;
}

export interface Rating {
  readonly lines: readonly RatedLine[];
  readonly unrated: readonly Unrated[];
}

/**
 * Rates one subscription's month: lines in order of time and of the price's rules. Each segment is rated by itself: its fee,
 * what it includes and its minimum are the month's, prorated by the millisecond; its tiers begin anew. Each amount is rounded
 * once. Usage in a trial costs nothing. The same input in any order gives the same lines.
 */
export function rate({ period, asOfMs, startedMs, segments, usage }: RatingInput): Rating {
  const bySegment = new Map<number, UsageSlot[]>();
  for (const slot of usage) {
    const index = segmentOf(segments, slot);
    const slots = bySegment.get(index);
    if (slots) slots.push(slot);
    else bySegment.set(index, [slot]);
  }
  const lines: RatedLine[] = [];
  const unrated: Unrated[] = [];
  for (const [index, segment] of segments.entries()) {
    const rated = rateSegment({ period, asOfMs, startedMs, segment, usage: bySegment.get(index) ?? [] });
    lines.push(...rated.lines);
    unrated.push(...rated.unrated);
  }
  return { lines, unrated };
}

/** Sum of the lines, in nano-units of their currency. */
export function totalOf(lines: readonly Pick<RatedLine, 'amountNano'>[]): Nano {
  return lines.reduce((sum, { amountNano }) => sum + amountNano, 0n);
}

interface SegmentInput {
  readonly period: CalendarPeriod;
  readonly asOfMs: number;
  readonly startedMs: number;
  readonly segment: PricedSegment;
  readonly usage: readonly UsageSlot[];
}

function rateSegment({ period, asOfMs, startedMs, segment, usage }: SegmentInput): Rating {
  const { price, planId } = segment;
  const { pricing } = price;
  const inMonth = clip(segment, period);
  if (inMonth === null && usage.length === 0) return { lines: [], unrated: [] };
  const chargedFromMs = trialEnd(startedMs, pricing.trialDays);
  const part = chargedPart(inMonth, chargedFromMs, period);
  const place = (at: CalendarPeriod) => ({
    segmentId: segment.id,
    priceId: price.id,
    planId,
    currency: price.currency,
    fromMs: at.startMs,
    untilMs: at.endMs,
  });
  const lines: RatedLine[] = [];
  if (inMonth && inMonth.startMs < part.startMs) {
    const endMs = Math.min(part.startMs, inMonth.endMs);
    lines.push({ kind: 'trial', ...place({ startMs: inMonth.startMs, endMs }), amountNano: 0n });
  }
  if (pricing.recurring && part.startMs < part.endMs) {
    const amountNano = prorate(BigInt(pricing.recurring.amountNano), part, period);
    lines.push({ kind: 'recurring', ...place(part), amountNano });
  }
  const charged = usage.filter(({ slotMs }) => slotMs >= chargedFromMs || pricing.trialDays === 0);
  const { rated, unrated } = usageLines(price, charged, (amount) => prorate(amount, part, period));
  for (const line of rated) lines.push({ kind: 'usage', ...place(part), ...line });
  if (pricing.minimumNano && part.endMs <= asOfMs) {
    const missing = prorate(BigInt(pricing.minimumNano), part, period) - totalOf(lines);
    if (missing > 0n) lines.push({ kind: 'minimum', ...place(part), amountNano: missing });
  }
  return { lines, unrated };
}

/** The part of the month that a segment charges; empty at the end of what there is where that is none. */
function chargedPart(inMonth: CalendarPeriod | null, chargedFromMs: number, period: CalendarPeriod): CalendarPeriod {
  if (inMonth === null) return { startMs: period.startMs, endMs: period.startMs };
  return { startMs: Math.min(Math.max(inMonth.startMs, chargedFromMs), inMonth.endMs), endMs: inMonth.endMs };
}
