import type { CanaryPlan } from '@parley/contracts/policies/split';
import { canaryFault, canaryShare } from '@parley/domain/routing/canary';
import type { CanaryState } from '../../ports/canary-state/store.ts';
import { CanaryWindow } from './canary-window.ts';

/** What a canary belongs to. */
export interface CanaryPlace {
  /** Of place and plan: a changed plan is another canary, which starts anew. */
  readonly id: string;
  readonly tenantId: string;
  readonly apiVersionId: string;
  /** `null` when the whole version is split. */
  readonly routeId: string | null;
  readonly plan: CanaryPlan;
}

/** One canary as this node sees it: what its nodes share, and the outcomes of this node's own calls. */
export class Canary {
  readonly place: CanaryPlace;
  lastUsedAtMs = 0;
  /** Why this node rolled it back, and since when. */
  fault: { readonly reason: string; readonly atMs: number } | null = null;
  /** What this node found is known to all nodes, and handed over to be recorded. */
  told = false;
  #state: CanaryState | null = null;
  readonly #own = new CanaryWindow();
  readonly #others = new CanaryWindow();

  constructor(place: CanaryPlace) {
    this.place = place;
  }

  get rolledBack(): boolean {
    return this.fault !== null || this.#state?.rolledBack === true;
  }

  /** Its share of the calls now in basis points: none before all nodes know its start, none after its end. */
  share(nowMs: number): number {
    this.lastUsedAtMs = nowMs;
    if (this.#state === null || this.rolledBack) return 0;
    return canaryShare(this.place.plan, nowMs - this.#state.startedAtMs);
  }

  /** A call of this variant has ended. */
  note(variant: string | undefined, outcome: { failed: boolean; latencyUs: number; nowMs: number }): void {
    const window = variant === this.place.plan.variant ? this.#own : this.#others;
    window.add(outcome.failed, outcome.latencyUs, outcome.nowMs);
  }

  /** Looks at the calls of the last minute; a canary that does badly has no share from here on. */
  judge(nowMs: number): void {
    if (this.rolledBack) return;
    const reason = canaryFault(this.place.plan, this.#own.tally(nowMs), this.#others.tally(nowMs));
    if (reason !== null) this.fault = { reason, atMs: nowMs };
  }

  learn(state: CanaryState): void {
    this.#state = state;
  }
}
