import type { Logger } from '@parley/telemetry/logger';
import type { CompiledRule } from './rule.ts';

const REPORT_MS = 10_000;

/** Tells in the log what limits on trial would have refused, summed up over a while. */
export class ShadowReport {
  readonly #log: Logger;
  readonly #missed = new Map<CompiledRule, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(log: Logger) {
    this.#log = log;
  }

  add(rule: CompiledRule, calls: number): void {
    this.#missed.set(rule, (this.#missed.get(rule) ?? 0) + calls);
    this.#timer ??= setTimeout(() => this.#tell(), REPORT_MS).unref();
  }

  /** Tells what is left to tell. */
  close(): void {
    if (this.#timer !== null) this.#tell();
  }

  #tell(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const [rule, calls] of this.#missed) {
      this.#log.info('a limit on trial would have refused calls', { limit: rule.name, counter: rule.identity, calls });
    }
    this.#missed.clear();
  }
}
