import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledUpstream } from '../snapshot/compiled.ts';
import type { Target } from './balance/target.ts';
import type { Group } from './group.ts';

/** Where a call goes: scheme and authority, the path before its own, and the `Host` where it is not the authority's. */
export interface Place {
  readonly origin: string;
  readonly basePath: string;
  readonly host: string | null;
}

/** What a call asks of the targets it may go to. */
export type Targets = Pick<TargetChoice, 'enter' | 'ready' | 'next' | 'hasMore' | 'judge' | 'conclude' | 'leave'>;

/** A place without balancing, health or breaker: a model's provider, whose tries are its routing's business. */
export function onePlace(origin: string): Targets {
  return {
    ready: null,
    hasMore: false,
    enter: () => null,
    next: () => ({ origin, basePath: '', host: null }),
    judge: () => {},
    conclude: () => {},
    leave: () => {},
  };
}

/**
 * The targets that one call which is no plain REST call is sent to, one after another, with what the upstream's breaker,
 * balancing and health have to say; a plain upstream has one. `leave` when the call is over.
 */
export class TargetChoice {
  readonly #exchange: Exchange;
  readonly #plain: Place;
  readonly #group: Group | null;
  readonly #tried: Target[] = [];
  #target: Target | null = null;
  #trial = false;
  #pass = 0;
  #startedAt = 0;

  constructor(exchange: Exchange, upstream: CompiledUpstream, group: Group | null) {
    this.#exchange = exchange;
    this.#plain = { origin: upstream.origin, basePath: upstream.basePath, host: null };
    this.#group = group;
  }

  /** Asks the breaker. */
  enter(): Refusal | null {
    const breaker = this.#group?.guards.breaker ?? null;
    if (breaker === null) return null;
    const now = performance.now();
    this.#pass = breaker.enter(now);
    if (this.#pass !== 0) return null;
    return refusal('upstream_breaker_open', { retryAfterSeconds: Math.ceil(breaker.waitMs(now) / 1000) });
  }

  /** Something to wait for before the first target is taken; else `null`. */
  get ready(): Promise<unknown> | null {
    return this.#group?.ready ?? null;
  }

  /** The next target, none of those before if there are others; `null` when none is fit. */
  next(): Place | null {
    this.#leaveTarget();
    this.#startedAt = performance.now();
    if (this.#group === null) return this.#plain;
    const target = this.#group.choose(this.#exchange, this.#tried, this.#startedAt);
    if (target === null) return null;
    this.#tried.push(target);
    this.#target = target;
    this.#trial = target.ejectedUntil !== 0;
    return target;
  }

  /** Whether there may be another target than those tried. */
  get hasMore(): boolean {
    return this.#group !== null && this.#tried.length < this.#group.targets.length;
  }

  /** The target was good for the call, or failed it. */
  judge(good: boolean): void {
    const now = performance.now();
    if (this.#target !== null) this.#group?.judge(this.#target, good, this.#trial, now - this.#startedAt, now);
  }

  /** The call went well or not, after all its targets; once. */
  conclude(good: boolean): void {
    if (this.#pass !== 0) this.#group?.guards.breaker?.result(this.#pass, good, performance.now());
    this.#pass = 0;
  }

  /** The call is over. */
  leave(): void {
    if (this.#pass !== 0) this.#group?.guards.breaker?.cancel(this.#pass);
    this.#pass = 0;
    this.#leaveTarget();
  }

  #leaveTarget(): void {
    if (this.#target !== null) this.#group?.leave(this.#target, this.#trial);
    this.#target = null;
  }
}
