import type { Logger } from '@parley/telemetry/logger';
import type { JobQueue } from '../job-queue.ts';
import { removeFile, type SealedSegment, segmentLines } from './segment.ts';

/** Tells which segments the worker has committed. */
export interface Receipts {
  committed(segmentIds: readonly string[]): Promise<readonly boolean[]>;
}

export interface ShipperOptions {
  /** What takes the segments. */
  readonly job: 'usage.ingest' | 'context.ingest';
  readonly jobs: JobQueue;
  readonly receipts: Receipts;
  readonly log: Logger;
  /** A segment not committed after this time is sent again; the pause doubles up to twenty times this. */
  readonly resendMs?: number;
  readonly pollMs?: number;
}

interface Outstanding {
  readonly segment: SealedSegment;
  sends: number;
  /** When it was last put into the queue; 0 for not yet. */
  sentAt: number;
}

const SEND_TIMEOUT_MS = 5000;
const POLL_BATCH = 500;

function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the queue did not answer in time')), timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * Hands sealed segments to the worker and forgets each only after the worker says it is committed. Every step may
 * happen twice: events carry their identity.
 */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #resendMs: number;
  readonly #outstanding = new Map<string, Outstanding>();
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #busy: Promise<void> = Promise.resolve();
  #running = false;

  constructor(options: ShipperOptions) {
    this.#options = options;
    this.#resendMs = options.resendMs ?? 15_000;
    this.#timer = setInterval(() => void this.run(), options.pollMs ?? 200).unref();
  }

  /** Bytes on disk that are not committed yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Segments that are not committed yet. */
  get count(): number {
    return this.#outstanding.size;
  }

  has(segmentId: string): boolean {
    return this.#outstanding.has(segmentId);
  }

  add(segment: SealedSegment): void {
    if (this.#outstanding.has(segment.id)) return;
    this.#bytes += segment.bytes;
    this.#outstanding.set(segment.id, { segment, sends: 0, sentAt: 0 });
  }

  /** Sends what waits and looks for receipts, unless that is going on already. Resolves when this round is over. */
  run(): Promise<void> {
    if (this.#running) return this.#busy;
    this.#running = true;
    this.#busy = this.#round()
      .catch((error) => this.#options.log.warn('a segment could not be handed over; it stays on disk', { error }))
      .finally(() => {
        this.#running = false;
      });
    return this.#busy;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#busy;
    await this.run();
  }

  async #round(): Promise<void> {
    await this.#collectReceipts();
    const now = performance.now();
    for (const entry of this.#outstanding.values()) {
      const pauseMs = this.#resendMs * Math.min(20, 2 ** Math.max(0, entry.sends - 1));
      if (entry.sentAt === 0 || now - entry.sentAt > pauseMs) await this.#send(entry);
    }
  }

  async #collectReceipts(): Promise<void> {
    const sent = [...this.#outstanding.values()].filter((entry) => entry.sends > 0);
    for (let from = 0; from < sent.length; from += POLL_BATCH) {
      const batch = sent.slice(from, from + POLL_BATCH);
      const done = await this.#options.receipts.committed(batch.map((entry) => entry.segment.id));
      batch.forEach((entry, i) => {
        if (done[i]) this.#forget(entry);
      });
    }
  }

  async #send(entry: Outstanding): Promise<void> {
    const { segment } = entry;
    // Read back rather than kept: objects that outlive a young collection cost more than a read of what is in the page cache.
    const lines = segmentLines(segment.file);
    if (lines === '') return this.#forget(entry);
    const payload = { segmentId: segment.id, lines };
    // The queue ignores an id it still holds, as it should; now and then another id gets past a job stuck in it.
    const jobId = entry.sends % 4 === 3 ? `${segment.id}.${entry.sends}` : segment.id;
    await withTimeout(this.#options.jobs.enqueue(this.#options.job, payload, { jobId }), SEND_TIMEOUT_MS);
    entry.sends++;
    entry.sentAt = performance.now();
  }

  #forget(entry: Outstanding): void {
    removeFile(entry.segment.file);
    this.#bytes -= entry.segment.bytes;
    this.#outstanding.delete(entry.segment.id);
  }
}
