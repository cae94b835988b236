import type { Clock } from '@parley/kernel/clock';
import type { CompiledLimit } from '../../snapshot/compiled.ts';
import { type Decision, grantOf, LEASE_MEMORY_MS } from './decide.ts';
import { type MemoryCounter, memoryCounter, PeriodCounter, RunningCounter } from './memory-counters.ts';
import {
  type CompiledRule,
  type Counters,
  costOf,
  type EndedCall,
  HOLD_MS,
  heldKeys,
  meteredRules,
  type Orphans,
  type RuleDecision,
  type RuleStore,
  type RunningCounters,
} from './rule.ts';

/** One limit of a decision: what it is, what a call takes from it, and the counter. */
interface Part {
  readonly limit: { readonly requests: number; readonly shadow: boolean };
  readonly cost: number;
  readonly counter: MemoryCounter;
}

/** The twin of the Redis store of plans and rules, for one process and a clock of its own. */
export class MemoryRuleStore implements RuleStore {
  readonly holdMs = HOLD_MS;
  readonly #clock: Clock;
  readonly #planCounter: (key: string, limit: CompiledLimit) => MemoryCounter;
  readonly #check: () => void;
  readonly #counters = new Map<string, MemoryCounter>();
  readonly #leaseUntil = new Map<string, number>();

  /** Plans are counted where calls without rules count them; `check` throws while the store is away. */
  constructor(
    clock: Clock,
    planCounter: (key: string, limit: CompiledLimit) => MemoryCounter,
    check: () => void = () => {},
  ) {
    this.#clock = clock;
    this.#planCounter = planCounter;
    this.#check = check;
  }

  async take(counters: Counters, want: number, spare: number): Promise<RuleDecision> {
    this.#check();
    const nowMs = this.#clock.nowMs();
    const parts = this.#parts(counters);
    const left = parts.map(({ counter }) => Math.max(0, counter.left(nowMs)));
    const fits = parts.map(({ cost }, i) => (cost === 0 ? want + spare : Math.floor((left[i] as number) / cost)));
    const enforced = parts.flatMap(({ limit }, i) => (limit.shadow ? [] : [i]));
    const granted = grantOf(
      enforced.map((i) => ({ requests: (parts[i] as Part).limit.requests, windowSeconds: 0 })),
      enforced.map((i) => fits[i] as number),
      want,
      spare,
    );
    const counts = fits.map((fit) => Math.min(granted, fit));
    const windows = parts.map(({ counter, cost }, i) => {
      const resetMs = counter.resetMs(nowMs, cost);
      const taken = (counts[i] as number) * cost;
      if ((counts[i] as number) > 0) counter.take(nowMs, taken, counters.holder);
      return { remaining: (left[i] as number) - taken, resetMs };
    });
    const missed = counts.slice(counters.planLimits.length).map((count) => granted - count);
    const names = [counters.planKey, ...counters.keys];
    if (granted > want) for (const name of names) this.#leaseUntil.set(name, nowMs + LEASE_MEMORY_MS);
    const leaseUntil = Math.max(...names.map((name) => this.#leaseUntil.get(name) ?? 0));
    const leaseUntilMs = granted !== want && leaseUntil > nowMs ? leaseUntil : 0;
    const held = parts
      .slice(counters.planLimits.length)
      .map(({ counter }) => (granted < want && counter instanceof PeriodCounter ? counter.held(nowMs) : 0));
    return { granted, serverMs: nowMs, leaseUntilMs, windows, missed, held, epoch: '' };
  }

  async giveBack(counters: Counters, unused: number, decision: Decision): Promise<void> {
    this.#check();
    for (const { counter, cost } of this.#parts(counters)) counter.giveBack(decision.serverMs, unused * cost);
  }

  async renew(running: readonly RunningCounters[]): Promise<void> {
    this.#check();
    const nowMs = this.#clock.nowMs();
    for (const { counters } of running) {
      for (const key of heldKeys(counters)) this.#counters.get(key)?.take(nowMs, 1, counters.holder);
      for (const { key } of meteredRules(counters)) this.#period(key)?.renew(nowMs, counters.holder);
    }
  }

  async sweep(): Promise<readonly Orphans[]> {
    this.#check();
    return [...this.#counters].flatMap(([key, counter]) => {
      const found = counter instanceof PeriodCounter ? counter.sweep(this.#clock.nowMs()) : [];
      return found.length === 0
        ? []
        : [{ counter: key, calls: found.length, amount: found.reduce((a, b) => a + b, 0) }];
    });
  }

  async release(ended: readonly EndedCall[]): Promise<void> {
    this.#check();
    for (const { counters, used } of ended) {
      if (used !== null) {
        for (const { rule, key } of meteredRules(counters))
          this.#period(key)?.settle(counters.holder, costOf(rule, used));
      }
      for (const key of heldKeys(counters)) {
        const counter = this.#counters.get(key);
        if (counter instanceof RunningCounter) counter.release(counters.holder);
      }
    }
  }

  #period(key: string): PeriodCounter | null {
    const counter = this.#counters.get(key);
    return counter instanceof PeriodCounter ? counter : null;
  }

  #parts({ planKey, planLimits, rules, keys, amounts }: Counters): Part[] {
    return [
      ...planLimits.map((limit) => ({
        limit: { requests: limit.requests, shadow: false },
        cost: 1,
        counter: this.#planCounter(planKey, limit),
      })),
      ...rules.map((rule, i) => ({
        limit: { requests: rule.amount, shadow: rule.shadow },
        cost: costOf(rule, amounts),
        counter: this.#ruleCounter(keys[i] as string, rule),
      })),
    ];
  }

  #ruleCounter(key: string, rule: CompiledRule): MemoryCounter {
    const counter = this.#counters.get(key) ?? memoryCounter(rule);
    this.#counters.set(key, counter);
    return counter;
  }
}
