import type { UpstreamOptions } from '@parley/contracts/upstream-options';
import { Breaker } from './breaker.ts';
import { RetryBudget } from './retry-budget.ts';

/** What stands before an upstream's calls as a whole: when they are repeated, stopped, or answered by the gateway. */
export class Guards {
  options: UpstreamOptions;
  budget: RetryBudget | null = null;
  breaker: Breaker | null = null;

  constructor(options: UpstreamOptions) {
    this.options = options;
    this.#make(options);
  }

  /** Takes on newer options; what is counted stays where its options are the same. */
  adopt(options: UpstreamOptions): void {
    const { retries, breaker } = this.options;
    const kept = {
      budget: same(retries, options.retries) ? this.budget : null,
      breaker: same(breaker, options.breaker) ? this.breaker : null,
    };
    this.options = options;
    this.#make(options);
    this.budget = kept.budget ?? this.budget;
    this.breaker = kept.breaker ?? this.breaker;
  }

  #make({ retries, breaker }: UpstreamOptions): void {
    this.budget = retries ? new RetryBudget(retries) : null;
    this.breaker = breaker ? new Breaker(breaker) : null;
  }
}

function same(one: object | undefined, other: object | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
