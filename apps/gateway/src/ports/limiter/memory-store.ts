import type { Clock } from '@parley/kernel/clock';
import type { CompiledLimit } from '../../snapshot/compiled.ts';
import { type Decision, grantOf, LEASE_MEMORY_MS, type LimitStore } from './decide.ts';
import type { MemoryCounter } from './memory-counters.ts';
import { MemoryRuleStore } from './memory-rules.ts';
import type { RuleStore } from './rule.ts';

interface Counter {
  index: number;
  used: number;
}

/** The twin of the Redis store, with the same rules, for one process and a clock of its own. */
export class MemoryLimitStore implements LimitStore {
  readonly #clock: Clock;
  readonly #counters = new Map<string, Counter>();
  readonly #leaseUntil = new Map<string, number>();
  /** Plans and rules decided together, over the same counters. */
  readonly rules: RuleStore;
  /** Makes every call reject, as a store that is away. */
  away = false;
  calls = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    const check = (): void => {
      this.calls++;
      if (this.away) throw new Error('the limit store is away');
    };
    this.rules = new MemoryRuleStore(clock, (key, limit) => this.#planCounter(key, limit), check);
  }

  async take(key: string, limits: readonly CompiledLimit[], want: number, spare: number): Promise<Decision> {
    this.calls++;
    if (this.away) throw new Error('the limit store is away');
    const serverMs = this.#clock.nowMs();
    const counters = limits.map((limit) => this.#counter(key, limit, serverMs));
    const remaining = counters.map((counter, i) => Math.max(0, (limits[i] as CompiledLimit).requests - counter.used));
    const granted = grantOf(limits, remaining, want, spare);
    for (const counter of counters) counter.used += granted;
    if (granted > want) this.#leaseUntil.set(key, serverMs + LEASE_MEMORY_MS);
    const leaseUntilMs = this.#leaseUntil.get(key) ?? 0;
    return {
      granted,
      serverMs,
      leaseUntilMs: leaseUntilMs > serverMs ? leaseUntilMs : 0,
      windows: limits.map((limit, i) => ({
        remaining: (remaining[i] as number) - granted,
        resetMs: ((counters[i] as Counter).index + 1) * limit.windowSeconds * 1000,
      })),
    };
  }

  async giveBack(
    key: string,
    limits: readonly CompiledLimit[],
    unused: number,
    resetMs: readonly number[],
  ): Promise<void> {
    if (this.away) throw new Error('the limit store is away');
    limits.forEach((limit, i) => {
      const counter = this.#counters.get(`${key}:${limit.windowSeconds}`);
      if (!counter || (counter.index + 1) * limit.windowSeconds * 1000 !== resetMs[i]) return;
      counter.used = Math.max(0, counter.used - unused);
    });
  }

  #planCounter(key: string, limit: CompiledLimit): MemoryCounter {
    const counter = (nowMs: number): Counter => this.#counter(key, limit, nowMs);
    const windowMs = limit.windowSeconds * 1000;
    return {
      left: (nowMs) => limit.requests - counter(nowMs).used,
      resetMs: (nowMs) => (counter(nowMs).index + 1) * windowMs,
      take: (nowMs, cost) => {
        counter(nowMs).used += cost;
      },
      giveBack: (takenAtMs, unused) =>
        void this.giveBack(key, [limit], unused, [(Math.floor(takenAtMs / windowMs) + 1) * windowMs]),
    };
  }

  #counter(key: string, limit: CompiledLimit, nowMs: number): Counter {
    const name = `${key}:${limit.windowSeconds}`;
    const index = Math.floor(nowMs / (limit.windowSeconds * 1000));
    let counter = this.#counters.get(name);
    if (!counter) {
      counter = { index, used: 0 };
      this.#counters.set(name, counter);
    } else if (index > counter.index) {
      counter.index = index;
      counter.used = 0;
    }
    return counter;
  }
}
