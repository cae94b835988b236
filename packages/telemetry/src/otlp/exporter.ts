import type { Logger } from '../logger.ts';

export interface OtlpTarget {
  /** Base address of the collector, without a trailing slash. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface OtlpExporterOptions<Item> {
  readonly target: OtlpTarget;
  /** `/v1/traces` or `/v1/metrics` (OTLP/HTTP). */
  readonly path: string;
  /** What a batch becomes: called outside of anybody's call. */
  readonly encode: (items: readonly Item[]) => object;
  readonly log: Logger;
  /** Items kept while the collector is slow or away; more are dropped. */
  readonly mostKept?: number;
  readonly batch?: number;
  readonly everyMs?: number;
  readonly timeoutMs?: number;
}

const SAY_EVERY_MS = 60_000;
/** Answers after which the same batch may be tried once more (OTLP/HTTP, "Retryable Response Codes"). */
const AGAIN = new Set([429, 502, 503, 504]);

/**
 * Sends items to a collector as OTLP/HTTP in JSON, in batches, by a timer of its own. Bounded: what cannot be kept, and what
 * the collector does not take at the second try, is dropped and counted.
 */
export class OtlpExporter<Item> {
  readonly #options: Required<OtlpExporterOptions<Item>>;
  #items: Item[] = [];
  readonly #timer: NodeJS.Timeout;
  #sending: Promise<void> | null = null;
  #sent = 0;
  #dropped = 0;
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(options: OtlpExporterOptions<Item>) {
    this.#options = { mostKept: 8192, batch: 512, everyMs: 5000, timeoutMs: 10_000, ...options };
    this.#timer = setInterval(() => void this.flush(), this.#options.everyMs);
    this.#timer.unref();
  }

  get counts(): { readonly sent: number; readonly dropped: number } {
    return { sent: this.#sent, dropped: this.#dropped };
  }

  add(item: Item): void {
    if (this.#items.length >= this.#options.mostKept) return this.#drop(1, 'too many wait');
    this.#items.push(item);
  }

  /** Sends what there is; resolves when that is over, one way or the other. */
  flush(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #sendAll(): Promise<void> {
    while (this.#items.length > 0) {
      const batch = this.#items.splice(0, this.#options.batch);
      const failure = (await this.#post(batch)) ?? null;
      if (failure === null) this.#sent += batch.length;
      else this.#drop(batch.length, failure);
    }
  }

  /** Why the collector did not take a batch; `null` when it did. */
  async #post(batch: readonly Item[]): Promise<string | null> {
    const { target, path, encode, timeoutMs } = this.#options;
    const body = JSON.stringify(encode(batch));
    for (let again = true; ; again = false) {
      try {
        const response = await fetch(`${target.endpoint}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...target.headers },
          body,
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        await response.arrayBuffer();
        if (response.ok) return null;
        if (!again || !AGAIN.has(response.status)) return `it answers ${response.status}`;
      } catch (error) {
        if (!again) return error instanceof Error ? error.message : 'it cannot be reached';
      }
    }
  }

  #drop(count: number, reason: string): void {
    this.#dropped += count;
    const now = performance.now();
    if (now - this.#saidAt < SAY_EVERY_MS) return;
    this.#saidAt = now;
    this.#options.log.warn('telemetry is dropped: the collector does not take it', {
      path: this.#options.path,
      reason,
      dropped: this.#dropped,
    });
  }
}
