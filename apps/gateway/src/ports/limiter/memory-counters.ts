import { isMetered } from '@parley/contracts/policies/limits';
import { type CompiledRule, HOLD_MS, slotsOf } from './rule.ts';

/** How one rule counts, over a clock given with each call; the rules of the script in `take-all.ts`, in memory. */
export interface MemoryCounter {
  left(nowMs: number): number;
  /** When there is room for `cost` again, or, where there is, when all is as new. */
  resetMs(nowMs: number, cost: number): number;
  /** `holder` names the call, for those that count while they run. */
  take(nowMs: number, cost: number, holder: string): void;
  giveBack(takenAtMs: number, cost: number): void;
}

/** Counts within periods that begin at a certain moment: windows and quotas. */
export class PeriodCounter implements MemoryCounter {
  readonly #rule: CompiledRule;
  /** What calls hold that have not ended, of rules that are metered. */
  readonly #holds = new Map<string, { readonly start: number; readonly count: number; untilMs: number }>();
  #start = -1;
  #used = 0;

  constructor(rule: CompiledRule) {
    this.#rule = rule;
  }

  #period(atMs: number): readonly [start: number, end: number] {
    const { calendar, periodMs } = this.#rule;
    if (calendar) {
      const [start, end] = calendar.around(atMs);
      return [start, end];
    }
    const start = Math.floor(atMs / periodMs) * periodMs;
    return [start, start + periodMs];
  }

  left(nowMs: number): number {
    const [start] = this.#period(nowMs);
    if (start > this.#start) {
      this.#start = start;
      this.#used = 0;
    }
    return this.#rule.amount - this.#used;
  }

  resetMs(nowMs: number): number {
    return this.#period(nowMs)[1];
  }

  take(nowMs: number, cost: number, holder: string): void {
    this.#used += cost;
    if (!isMetered(this.#rule.counts)) return;
    this.#holds.set(holder, { start: this.#start, count: cost, untilMs: nowMs + HOLD_MS });
  }

  /** How much calls hold that have not ended; those of a node that died are counted as they are. */
  held(nowMs: number): number {
    this.sweep(nowMs);
    let total = 0;
    for (const { count } of this.#holds.values()) total += count;
    return total;
  }

  /** What each call of a dead node held; from now on it counts as used. */
  sweep(nowMs: number): number[] {
    const found: number[] = [];
    for (const [holder, { count, untilMs }] of this.#holds) {
      if (untilMs > nowMs) continue;
      this.#holds.delete(holder);
      found.push(count);
    }
    return found;
  }

  renew(nowMs: number, holder: string): void {
    const hold = this.#holds.get(holder);
    if (hold) hold.untilMs = nowMs + HOLD_MS;
  }

  settle(holder: string, used: number): void {
    const hold = this.#holds.get(holder);
    if (hold === undefined) return;
    this.#holds.delete(holder);
    if (hold.start === this.#start) this.#used = Math.max(0, this.#used - hold.count + used);
  }

  giveBack(takenAtMs: number, cost: number): void {
    if (this.#period(takenAtMs)[0] === this.#start) this.#used = Math.max(0, this.#used - cost);
  }
}

class SlidingCounter implements MemoryCounter {
  readonly #amount: number;
  readonly #slotMs: number;
  readonly #slots: number;
  readonly #counts = new Map<number, number>();

  constructor(rule: CompiledRule) {
    this.#amount = rule.amount;
    const { slotMs, slots } = slotsOf(rule);
    this.#slotMs = slotMs;
    this.#slots = slots;
  }

  left(nowMs: number): number {
    const oldest = Math.floor(nowMs / this.#slotMs) - this.#slots + 1;
    let total = 0;
    for (const [slot, count] of this.#counts) {
      if (slot < oldest) this.#counts.delete(slot);
      else total += count;
    }
    return this.#amount - total;
  }

  resetMs(nowMs: number, cost: number): number {
    const current = Math.floor(nowMs / this.#slotMs);
    let free = this.left(nowMs);
    if (free < cost) {
      for (const [slot, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
        free += count;
        if (free >= cost) return (slot + this.#slots) * this.#slotMs;
      }
    }
    return (current + this.#slots) * this.#slotMs;
  }

  take(nowMs: number, cost: number): void {
    const slot = Math.floor(nowMs / this.#slotMs);
    this.#counts.set(slot, (this.#counts.get(slot) ?? 0) + cost);
  }

  giveBack(takenAtMs: number, cost: number): void {
    const slot = Math.floor(takenAtMs / this.#slotMs);
    const count = this.#counts.get(slot);
    if (count !== undefined) this.#counts.set(slot, Math.max(0, count - cost));
  }
}

/** GCRA as a vessel that runs dry evenly, in units of amount × milliseconds: whole numbers, no rounding. */
class GcraCounter implements MemoryCounter {
  readonly #rule: CompiledRule;
  #level = 0;
  #atMs = 0;

  constructor(rule: CompiledRule) {
    this.#rule = rule;
  }

  #room(nowMs: number): number {
    this.#level = Math.max(0, this.#level - (nowMs - this.#atMs) * this.#rule.amount);
    this.#atMs = nowMs;
    return this.#rule.burst * this.#rule.periodMs - this.#level;
  }

  left(nowMs: number): number {
    return Math.floor(this.#room(nowMs) / this.#rule.periodMs);
  }

  resetMs(nowMs: number, cost: number): number {
    const room = this.#room(nowMs);
    const wanted = cost * this.#rule.periodMs;
    const units = room < wanted ? wanted - room : this.#level + wanted;
    return nowMs + Math.ceil(units / this.#rule.amount);
  }

  take(_nowMs: number, cost: number): void {
    this.#level += cost * this.#rule.periodMs;
  }

  giveBack(): void {}
}

/** Calls that run, each until the end of its hold. */
export class RunningCounter implements MemoryCounter {
  readonly #amount: number;
  readonly #until = new Map<string, number>();

  constructor(rule: CompiledRule) {
    this.#amount = rule.amount;
  }

  left(nowMs: number): number {
    for (const [holder, untilMs] of this.#until) if (untilMs <= nowMs) this.#until.delete(holder);
    return this.#amount - this.#until.size;
  }

  resetMs(nowMs: number): number {
    return nowMs;
  }

  take(nowMs: number, cost: number, holder: string): void {
    if (cost > 0) this.#until.set(holder, nowMs + HOLD_MS);
  }

  giveBack(): void {}

  release(holder: string): void {
    this.#until.delete(holder);
  }
}

export function memoryCounter(rule: CompiledRule): MemoryCounter {
  if (rule.kind === 'concurrency') return new RunningCounter(rule);
  if (rule.kind === 'gcra') return new GcraCounter(rule);
  return rule.kind === 'sliding' ? new SlidingCounter(rule) : new PeriodCounter(rule);
}
