import { type Counted, isMetered, type LimitScope } from '@parley/contracts/policies/limits';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import { type CalendarUnit, calendarPeriod } from '@parley/domain/calendar-period';
import { NEVER_MS } from '@parley/domain/limits/limit-period';
import type { CompiledLimit } from '../../snapshot/compiled.ts';
import { type Decision, LEASE_MS } from './decide.ts';

/** One rule of a limits policy, ready to be counted. */
export interface CompiledRule {
  readonly kind: 'window' | 'sliding' | 'gcra' | 'quota' | 'concurrency';
  /** In rate-limit headers. */
  readonly name: string;
  readonly scope: LimitScope;
  /** Of the scope `tag`: which; else empty. */
  readonly tag: string;
  readonly counts: Counted;
  /** Of what it counts; a cost in nano-units of `currency`. */
  readonly amount: number;
  readonly currency: string;
  readonly periodMs: number;
  /** Of `gcra`; 0 otherwise. */
  readonly burst: number;
  /** Of `quota`. */
  readonly calendar: Calendar | null;
  readonly shadow: boolean;
  readonly openWhenDown: boolean;
  /** What the store has lost of it comes back from usage events. */
  readonly restored: boolean;
  /** Names its counters among those of the publisher: where the policy stands, and what it counts. */
  readonly identity: string;
  readonly refusalCode: RefusalCode;
  /** What it allows, in words; no full stop. */
  readonly message: string;
  /** Of a budget of the publisher: which, and the one model whose answers count in it. Told to nobody in headers. */
  readonly budget?: { readonly id: string; readonly model: string | null };
  /** What a customer's calls on plans paid from credit are charged; in headers it is told to nobody. */
  readonly credit?: true;
}

/** A sliding window is kept in about this many slots: what it holds too long is less than two of them. */
const SLIDING_SLOTS = 256;

/**
 * Length of a slot, and how many hold what may not be forgotten: those of a whole period, the one that has begun, and
 * one more where permits are used a moment after they were taken.
 */
export function slotsOf({ periodMs }: Pick<CompiledRule, 'periodMs'>): {
  readonly slotMs: number;
  readonly slots: number;
} {
  const slotMs = Math.max(1, Math.floor(periodMs / SLIDING_SLOTS));
  return { slotMs, slots: Math.ceil(periodMs / slotMs) + (slotMs >= LEASE_MS ? 2 : 1) };
}

/** Whether permits of a rule may be used a moment after they were taken without ever exceeding it. */
export function leasable(rule: CompiledRule): boolean {
  if (rule.shadow || rule.kind === 'gcra' || rule.counts !== 'requests') return false;
  return rule.kind !== 'sliding' || slotsOf(rule).slotMs >= LEASE_MS;
}

/** Edges of the calendar period around a moment and of the next; remembered, as finding them takes a while. */
export class Calendar {
  readonly unit: CalendarUnit | 'total';
  readonly #timeZone: string;
  #edges: readonly [number, number, number] = [0, 0, 0];

  constructor(unit: CalendarUnit | 'total', timeZone: string) {
    this.unit = unit;
    this.#timeZone = timeZone;
  }

  /** Beginning and end of the period, and the end of the one after it, in Unix milliseconds. */
  around(timeMs: number): readonly [number, number, number] {
    const [start, end] = this.#edges;
    if (timeMs >= start && timeMs < end) return this.#edges;
    if (this.unit === 'total') return [0, NEVER_MS, NEVER_MS];
    const { startMs, endMs } = calendarPeriod(timeMs, this.unit, this.#timeZone);
    this.#edges = [startMs, endMs, calendarPeriod(endMs, this.unit, this.#timeZone).endMs];
    return this.#edges;
  }
}

/** What one call takes from the rules that count more than calls: at most, before it is made; in truth, afterwards. */
export interface Amounts {
  readonly bytes: number;
  /** In and out. */
  readonly tokens: number;
  readonly costNano: number;
  /** Of the cost; rules about another currency count nothing of it. */
  readonly currency: string;
  /** What its caller is charged, where credit pays for it; absent for nothing. */
  readonly chargeNano?: number;
  /** That answered; absent while it is not known. */
  readonly model?: string | undefined;
}

export const NO_AMOUNTS: Amounts = { bytes: 0, tokens: 0, costNano: 0, currency: '' };

/** The counters of one caller at one endpoint: those of the plan, and one for each rule. */
export interface Counters {
  readonly planKey: string;
  readonly planLimits: readonly CompiledLimit[];
  readonly rules: readonly CompiledRule[];
  /** Redis keys, one for each rule; all in the slot of `planKey`. */
  readonly keys: readonly string[];
  /** There while what must not be lost is whole; absent where no rule says so. */
  readonly marker?: string | undefined;
  /** Names the call among those that run, for rules that look after it until its end. */
  readonly holder: string;
  readonly amounts: Amounts;
}

/** A call that runs: when it was let in by the store's clock, and what the marker said then. */
export interface RunningCounters {
  readonly counters: Counters;
  readonly atMs: number;
  readonly epoch: string;
}

/** A call that has ended, and what it took; `null`: it counts as held. */
export interface EndedCall {
  readonly counters: Counters;
  readonly used: Amounts | null;
}

/** What calls of dead nodes held of one counter: it counts as used from now on. */
export interface Orphans {
  readonly counter: string;
  readonly calls: number;
  readonly amount: number;
}

/** The store has lost counters that must not begin anew; they are being restored. */
export class CountersLost extends Error {
  override readonly name = 'CountersLost';
}

/** How long a running call counts after its node was last heard of, unless told otherwise. */
export const HOLD_MS = 15_000;

/** `windows` are those of the plan, then those of the rules. */
export interface RuleDecision extends Decision {
  /** For each rule that had no room: how much of it calls hold that have not ended; 0 for others. */
  readonly held: readonly number[];
  /** For each rule: calls among the granted that it would have refused, were it not a shadow. */
  readonly missed: readonly number[];
  /** What the marker said; empty without one. */
  readonly epoch: string;
}

/** Counters of plans and rules, decided together. Rejects when they cannot be reached. */
export interface RuleStore {
  /**
   * Takes `want` calls, and up to `spare` more to use soon, in one atomic step and by the store's clock: a call counts with
   * every limit or with none. Shadows count what they would have let through. What is metered is held until the call ends.
   * Rejects with `CountersLost` while what must not begin anew is missing.
   */
  take(counters: Counters, want: number, spare: number): Promise<RuleDecision>;
  /** Brings back unused calls of a decision; what cannot be told apart from later use stays taken. */
  giveBack(counters: Counters, unused: number, decision: Decision): Promise<void>;
  /** A running call counts this long after its node was last heard of. */
  readonly holdMs: number;
  /** Calls that still run: what they hold is theirs for another `holdMs`, also where the store has lost it since. */
  renew(running: readonly RunningCounters[]): Promise<void>;
  /** Counts what calls of dead nodes held as used; those found now. */
  sweep(): Promise<readonly Orphans[]>;
  /** Calls have ended: what each took counts instead of what it held, once, and only while the period lasts that it was held in. */
  release(ended: readonly EndedCall[]): Promise<void>;
}

/** Whether callers are told of a rule in headers: what a publisher means to spend is no caller's business, and credit has a page. */
export function isTold({ budget, credit }: CompiledRule): boolean {
  return budget === undefined && credit === undefined;
}

/** The keys in which a call counts while it runs. */
export function heldKeys({ rules, keys }: Counters): string[] {
  return keys.filter((_, i) => rules[i]?.kind === 'concurrency');
}

/** What calls hold of a metered rule until they end, beside its counter. */
export function holdsKey(key: string): string {
  return `${key}:held`;
}

/** The rules whose counters are corrected when a call ends. */
export function meteredRules({ rules, keys }: Counters): { readonly rule: CompiledRule; readonly key: string }[] {
  return rules.flatMap((rule, i) => (isMetered(rule.counts) ? [{ rule, key: keys[i] as string }] : []));
}

const TAKES: Readonly<Record<Counted, (amounts: Amounts, rule: CompiledRule) => number>> = {
  requests: () => 1,
  running: () => 1,
  requestBytes: ({ bytes }) => bytes,
  tokens: ({ tokens }) => tokens,
  cost: ({ costNano, currency, model, chargeNano = 0 }, rule) => {
    if (rule.credit) return chargeNano;
    if (currency !== rule.currency) return 0;
    const only = rule.budget?.model ?? null;
    return only === null || model === undefined || model === only ? costNano : 0;
  },
};

/** What one call takes from a rule. */
export function costOf(rule: CompiledRule, amounts: Amounts): number {
  return TAKES[rule.counts](amounts, rule);
}
