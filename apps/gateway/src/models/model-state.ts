/** Failures in a row after which a model is asked last. */
const FAILURES_TO_REST = 3;
const FIRST_REST_MS = 5000;
const LONGEST_REST_MS = 120_000;
const TRIAL_MS = 2000;
/** Weight of the newest measurement. */
const NEWEST = 0.2;
/** A measurement older than this says nothing any more. */
const STALE_MS = 120_000;
/** Tokens of an answer that the time of its first token and its pace are weighed for. */
const TYPICAL_TOKENS = 200;

/** What this node knows of a model: how fast it is, how busy, and whether it works. */
export class ModelState {
  running = 0;
  #failures = 0;
  #restsUntilMs = 0;
  #firstTokenMs = 0;
  #msPerToken = 0;
  #measuredAtMs = 0;

  /** Whether it is to be asked before others; takes the trial of one whose rest is over. */
  isReady(nowMs: number): boolean {
    if (nowMs < this.#restsUntilMs) return false;
    if (this.#failures >= FAILURES_TO_REST) this.#restsUntilMs = nowMs + TRIAL_MS;
    return true;
  }

  /** Whether it failed lately, so that it is asked after others. Changes nothing. */
  isResting(nowMs: number): boolean {
    return nowMs < this.#restsUntilMs;
  }

  failed(nowMs: number): void {
    this.#failures++;
    if (this.#failures < FAILURES_TO_REST) return;
    const doubled = FIRST_REST_MS * 2 ** Math.min(this.#failures - FAILURES_TO_REST, 10);
    this.#restsUntilMs = nowMs + Math.min(LONGEST_REST_MS, doubled);
  }

  /** An answer came. `firstTokenMs` is `null` where it was not streamed; `tokens` are those of the output. */
  worked(firstTokenMs: number | null, totalMs: number, tokens: number, nowMs: number): void {
    this.#failures = 0;
    this.#restsUntilMs = 0;
    const first = firstTokenMs ?? totalMs / 2;
    const pace = (totalMs - first) / Math.max(1, tokens);
    const share = nowMs - this.#measuredAtMs > STALE_MS ? 1 : NEWEST;
    this.#firstTokenMs += share * (first - this.#firstTokenMs);
    this.#msPerToken += share * (pace - this.#msPerToken);
    this.#measuredAtMs = nowMs;
  }

  /** Its answer had not begun after this time, and was not waited for: it takes at least that long. */
  tookLonger(thanMs: number, nowMs: number): void {
    const known = nowMs - this.#measuredAtMs <= STALE_MS;
    if (known && this.#firstTokenMs >= thanMs) return;
    this.#firstTokenMs += (known ? NEWEST : 1) * (thanMs - this.#firstTokenMs);
    this.#measuredAtMs = nowMs;
  }

  /** Milliseconds a typical answer takes; 0 where nothing is known, so that the unknown is tried. */
  expectedMs(nowMs: number): number {
    if (nowMs - this.#measuredAtMs > STALE_MS) return 0;
    return this.#firstTokenMs + TYPICAL_TOKENS * this.#msPerToken;
  }
}
