import type { KeyLimits, KeyTrouble } from '@parley/contracts/key-health';
import type { FailureKind } from '@parley/llm/neutral/answer';
import { MinuteWindow } from './minute-window.ts';

/** A provider's key with its share of the calls, and what its provider allows it. */
export interface ProviderKey {
  readonly id: string;
  readonly secret: string;
  readonly weight: number;
  readonly limits: KeyLimits | null;
}

/** How long a key rests after a failure that is its own, in milliseconds: the first time, and at most. */
const RESTS: Readonly<Record<KeyTrouble, readonly [first: number, most: number]>> = {
  rate_limit: [5000, 300_000],
  quota: [60_000, 3_600_000],
  authentication: [60_000, 3_600_000],
  permission: [60_000, 3_600_000],
};

/** Whether a failure is the key's: another key of the provider may do better. */
export function isKeyFailure(kind: FailureKind | 'cut' | 'nonsense'): kind is KeyTrouble {
  return Object.hasOwn(RESTS, kind);
}

/** How long a key without room for a further running call is passed over. */
const BUSY_MS = 1000;
/** The same trouble is not told again within this time. */
const TOLD_MS = 15_000;

/** What this node knows of a provider's key. After its rest one call tries it; others wait for how that goes. */
export class KeyState {
  #failures = 0;
  #restsUntilMs = 0;
  /** Its provider said that nothing is left of its budget until then. */
  #spentUntilMs = 0;
  #running = 0;
  #requests: MinuteWindow | null = null;
  #tokens: MinuteWindow | null = null;
  #told: KeyTrouble | null = null;
  #toldAtMs = 0;

  /** Whether it may be used; takes the trial of a key whose rest is over. */
  isReady(nowMs: number): boolean {
    if (nowMs < this.restsUntilMs) return false;
    if (this.#failures > 0) this.#restsUntilMs = nowMs + TRIAL_MS;
    return true;
  }

  get restsUntilMs(): number {
    return Math.max(this.#restsUntilMs, this.#spentUntilMs);
  }

  /** From when its limits leave room for a call, in Unix milliseconds; `nowMs` where they do. */
  roomAtMs(limits: KeyLimits, nowMs: number): number {
    const { requestsPerMinute, tokensPerMinute, concurrency } = limits;
    const busy = concurrency !== undefined && this.#running >= concurrency;
    let at = busy ? nowMs + BUSY_MS : nowMs;
    if (requestsPerMinute !== undefined) at = Math.max(at, this.#requests?.belowAtMs(requestsPerMinute, nowMs) ?? 0);
    if (tokensPerMinute !== undefined) at = Math.max(at, this.#tokens?.belowAtMs(tokensPerMinute, nowMs) ?? 0);
    return at;
  }

  /** A call with it begins: it counts against its limits. */
  begins(nowMs: number): void {
    this.#running++;
    this.#requests ??= new MinuteWindow();
    this.#requests.add(1, nowMs);
  }

  ends(): void {
    this.#running = Math.max(0, this.#running - 1);
  }

  /** What a call took; known once it is over. */
  used(tokens: number, nowMs: number): void {
    this.#tokens ??= new MinuteWindow();
    this.#tokens.add(tokens, nowMs);
  }

  spent(untilMs: number): void {
    this.#spentUntilMs = untilMs;
  }

  /** What is to be told of it since the last time; `undefined` for nothing, `null` when it works again. */
  news(trouble: KeyTrouble | null, nowMs: number): KeyTrouble | null | undefined {
    const known = trouble === this.#told;
    if (known && (trouble === null || nowMs - this.#toldAtMs < TOLD_MS)) return undefined;
    this.#told = trouble;
    this.#toldAtMs = nowMs;
    return trouble;
  }

  /** `retryAfterMs`: what the provider asked for; 0 for nothing. */
  failed(kind: KeyTrouble, retryAfterMs: number, nowMs: number): void {
    const [first, most] = RESTS[kind];
    const ms = Math.min(most, Math.max(retryAfterMs, first * 2 ** this.#failures));
    this.#failures = Math.min(this.#failures + 1, MAX_DOUBLINGS);
    this.#restsUntilMs = nowMs + ms;
  }

  worked(): void {
    this.#failures = 0;
    this.#restsUntilMs = 0;
  }
}

/** How long the others leave a key alone while one call tries it. */
const TRIAL_MS = 2000;
const MAX_DOUBLINGS = 12;
