import type { ActiveHealthOptions } from '@parley/contracts/upstream-options';
import type { Target } from '../balance/target.ts';
import { readText } from '../http1/ask.ts';
import type { Outbound } from '../outbound.ts';

export interface ActiveHealthTools {
  readonly outbound: Outbound;
  readonly targets: () => readonly Target[];
  /** A target has become sick or well. */
  readonly onChange: () => void;
}

/** Checks of one group under way at once. */
const LANES = 20;
const MAX_BODY_BYTES = 65_536;

/** Asks every target at intervals whether it is well. A new target counts as well until its checks say otherwise. */
export class ActiveHealth {
  readonly #options: ActiveHealthOptions;
  readonly #tools: ActiveHealthTools;
  readonly #closing = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #running = false;

  constructor(options: ActiveHealthOptions, tools: ActiveHealthTools) {
    this.#options = options;
    this.#tools = tools;
    this.#timer = setInterval(() => void this.#round(), options.intervalSeconds * 1000).unref();
    queueMicrotask(() => void this.#round());
  }

  close(): void {
    clearInterval(this.#timer);
    this.#closing.abort();
  }

  async #round(): Promise<void> {
    if (this.#running || this.#closing.signal.aborted) return;
    this.#running = true;
    const left = [...this.#tools.targets()];
    const lanes = Array.from({ length: Math.min(LANES, left.length) }, async () => {
      for (let target = left.pop(); target !== undefined; target = left.pop()) {
        const well = await this.#isWell(target);
        if (!this.#closing.signal.aborted) this.#note(target, well);
      }
    });
    await Promise.all(lanes);
    this.#running = false;
  }

  async #isWell(target: Target): Promise<boolean> {
    const { path, timeoutMs, statuses } = this.#options;
    try {
      const { status, body } = await this.#tools.outbound.ask({
        url: target.origin + path,
        host: target.host,
        headers: ['user-agent', 'parley-health'],
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#closing.signal]),
      });
      await readText(body, MAX_BODY_BYTES);
      return statuses.length === 0 ? status >= 200 && status < 300 : statuses.includes(status);
    } catch {
      // Refused, reset, too late or no HTTP: whatever it was, the target is not well.
      return false;
    }
  }

  #note(target: Target, well: boolean): void {
    const { healthyAfter, unhealthyAfter } = this.#options;
    target.checksInRow = well ? Math.max(0, target.checksInRow) + 1 : Math.min(0, target.checksInRow) - 1;
    const turned = target.sick ? target.checksInRow >= healthyAfter : -target.checksInRow >= unhealthyAfter;
    if (!turned) return;
    target.sick = !target.sick;
    this.#tools.onChange();
  }
}
