const MINUTE_MS = 60_000;
const PER_MINUTE = 600;
const MAX_APPLICATIONS = 10_000;

/** How much feedback one node takes of each application in a minute: bounded in memory, whoever calls. */
export class FeedbackRate {
  #minute = 0;
  readonly #taken = new Map<string, number>();

  /** Whether one more is taken now. */
  take(applicationId: string, nowMs: number): boolean {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute || this.#taken.size >= MAX_APPLICATIONS) this.#taken.clear();
    this.#minute = minute;
    const taken = this.#taken.get(applicationId) ?? 0;
    if (taken >= PER_MINUTE) return false;
    this.#taken.set(applicationId, taken + 1);
    return true;
  }
}
