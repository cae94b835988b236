import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@parley/telemetry/logger';
import { type Refusal, refusal } from '../../refusals.ts';
import { type Admission, admissionOf, type LimitSet, UNLIMITED } from './admission.ts';
import { AFTER_LEASE_MS, Bucket } from './bucket.ts';
import { Buckets } from './buckets.ts';
import type { Decision } from './decide.ts';
import { Holds } from './holds.ts';
import { KnownRefusals } from './known-refusals.ts';
import { OrphanSweep } from './orphan-sweep.ts';
import { type Amounts, type Counters, CountersLost, costOf, type RuleDecision, type RuleStore } from './rule.ts';
import { ShadowReport } from './shadow-report.ts';
import type { StoreWatch } from './store-watch.ts';

/** Limits of a plan and rules, as one endpoint has them. */
export interface RuleSet extends LimitSet {
  /** There is nothing to count. */
  readonly empty: boolean;
  /** Calls are asked for one by one: they differ in what they take, or few of them share their counters. */
  readonly single: boolean;
  /** Permits may be used a moment after they were given. */
  readonly leases: boolean;
  /** Calls count while they run, or until it is known what they took: `release` must follow. */
  readonly holds: boolean;
  /** Lets calls pass while the store is away. */
  readonly openWhenDown: boolean;
  /** A call that does not fit may be made into one that takes nothing: that one did not fit is not remembered. */
  readonly yields?: boolean;
}

/** One call, as far as its limits go. */
export interface RuleCall {
  /** The same for calls with the same counters and limits. */
  readonly name: string;
  readonly set: RuleSet;
  /** Made when the store is first asked; the same from then on. */
  counters(): Counters;
}

/** Lets calls through as the limits of plan and policy allow together: all or nothing, exact on any number of nodes. */
export class RuleLimiter {
  readonly #store: RuleStore;
  readonly #watch: StoreWatch;
  readonly #shadows: ShadowReport;
  readonly #buckets = new Buckets();
  readonly #known = new KnownRefusals();
  readonly #holds: Holds;
  readonly #orphans: OrphanSweep;

  constructor(store: RuleStore, watch: StoreWatch, log: Logger) {
    this.#store = store;
    this.#watch = watch;
    this.#holds = new Holds(store);
    this.#orphans = new OrphanSweep(store, log);
    this.#shadows = new ShadowReport(log);
  }

  /** Decides from memory: admits with a permit held here, refuses what is known to be used up, or `null`: ask. */
  tryLocal(call: RuleCall): Admission | null {
    if (call.set.empty) return UNLIMITED;
    if (call.set.single) return this.#known.get(call.name, call.set, performance.now());
    return this.#bucket(call).tryLocal(performance.now());
  }

  /** A refusal that is already certain; takes nothing. */
  known(call: RuleCall): Admission | null {
    if (call.set.empty) return null;
    if (call.set.single) return this.#known.get(call.name, call.set, performance.now());
    return this.#bucket(call).knownRefusal(performance.now());
  }

  /** Decides with the store. */
  async admit(call: RuleCall): Promise<Admission | Refusal> {
    try {
      const admission = await (call.set.single ? this.#single(call) : this.#bucket(call).take());
      this.#watch.answered();
      return admission;
    } catch (error) {
      this.#watch.failed(error);
      if (error instanceof CountersLost) this.#holds.lost();
      if (call.set.openWhenDown) return UNLIMITED;
      if (!(error instanceof CountersLost)) return refusal('limiter_unavailable', { retryAfterSeconds: 1 });
      const message = 'What was used of limits here is being restored from what was recorded. Try again in a moment.';
      return refusal('limiter_unavailable', { message, retryAfterSeconds: 2 });
    }
  }

  /** The call has ended, however it was decided, and took this: what it held beyond that is free again. `null`: as much as it held. */
  release(call: RuleCall, used: Amounts | null): void {
    if (call.set.holds) this.#holds.release(call.counters(), used);
  }

  async close(): Promise<void> {
    this.#orphans.close();
    await Promise.all([this.#holds.close(), this.#buckets.close()]);
    this.#shadows.close();
  }

  /** Near a limit, permits that other nodes hold may come back soon: a call waits for those once. */
  async #single(call: RuleCall, retried = false): Promise<Admission> {
    const counters = call.counters();
    const sentAt = performance.now();
    const decision = await this.#take(counters, 1, 0);
    const now = performance.now();
    if (decision.granted > 0) {
      if (call.set.holds) this.#holds.add(counters, decision);
      return admissionOf(call.set, decision, now - sentAt, 0, -1);
    }
    if (decision.leaseUntilMs > 0 && !retried) {
      await delay(decision.leaseUntilMs - decision.serverMs + AFTER_LEASE_MS);
      return this.#single(call, true);
    }
    const failed = failedOf(call, decision, counters);
    const refused = {
      ...admissionOf(call.set, decision, now - sentAt, 0, failed),
      ...wantOf(decision, counters, failed),
    };
    const window = decision.windows[failed];
    // A smaller call may still fit, or running ones give back: only what is used up altogether is remembered.
    if (
      window !== undefined &&
      window.remaining === 0 &&
      !refused.held &&
      call.set.yields !== true &&
      !ofCredit(refused)
    ) {
      this.#known.add(call.name, refused, sentAt + Math.max(0, window.resetMs - decision.serverMs));
    }
    return refused;
  }

  #bucket(call: RuleCall): Bucket {
    return this.#buckets.get(call.name, call.set) ?? this.#buckets.add(call.name, this.#newBucket(call));
  }

  #newBucket(call: RuleCall): Bucket {
    const counters = call.counters();
    const supply = {
      leases: call.set.leases,
      take: (want: number, spare: number) => this.#take(counters, want, spare),
      giveBack: (unused: number, decision: Decision) => this.#store.giveBack(counters, unused, decision),
    };
    return new Bucket(supply, call.set);
  }

  async #take(counters: Counters, want: number, spare: number): Promise<RuleDecision> {
    const decision = await this.#store.take(counters, want, spare);
    decision.missed.forEach((calls, i) => {
      const rule = counters.rules[i];
      if (calls > 0 && rule) this.#shadows.add(rule, calls);
    });
    return decision;
  }
}

/** Calls that are charged nothing go on while no credit is left. */
function ofCredit({ limits, failed }: Admission): boolean {
  return limits[failed]?.rule?.credit === true;
}

/** The limit that refused a call: of those without room for it the one that takes longest. */
function failedOf({ set }: RuleCall, { windows }: Decision, { planLimits, rules, amounts }: Counters): number {
  let failed = -1;
  for (let i = 0; i < set.limits.length; i++) {
    const window = windows[i] as Decision['windows'][number];
    const rule = rules[i - planLimits.length];
    if (window.remaining >= (rule ? costOf(rule, amounts) : 1)) continue;
    if (failed === -1 || window.resetMs > (windows[failed]?.resetMs ?? 0)) failed = i;
  }
  return Math.max(0, failed);
}

/** What the call wanted of the rule that refused it, and how much of that calls hold that have not ended. */
function wantOf(
  { held }: RuleDecision,
  { planLimits, rules, amounts }: Counters,
  failed: number,
): Pick<Admission, 'wanted' | 'held'> {
  const at = failed - planLimits.length;
  const rule = rules[at];
  return rule === undefined ? {} : { wanted: costOf(rule, amounts), held: held[at] ?? 0 };
}
