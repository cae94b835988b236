import type { UsageEvent } from '@parley/contracts/usage-event';
import { UsageLineWriter } from '@parley/contracts/usage-lines';
import type { Logger } from '@parley/telemetry/logger';
import type { JobQueue } from '../job-queue.ts';
import type { Meter } from './meter.ts';
import { createRunDir, orphanDirs, removeRunDir, segmentAt, segmentsIn, touchRunDir } from './run-dir.ts';
import { type LineWriter, OpenSegment, removeFile } from './segment.ts';
import { type Receipts, Shipper, type ShipperOptions } from './shipper.ts';

export interface SpoolOptions {
  readonly dir: string;
  readonly node: string;
  readonly jobs: JobQueue;
  readonly receipts: Receipts;
  readonly log: Logger;
  /** Unshipped bytes on disk beyond which paid calls are refused. */
  readonly maxBytes?: number;
  readonly resendMs?: number;
  /** Between two looks for folders whose process is gone. */
  readonly housekeepingMs?: number;
}

/** What is kept, and how. */
interface Kind<Kept> {
  readonly job: ShipperOptions['job'];
  newLines(): LineWriter<Kept>;
  /** Segments are closed beyond this; where records are large. */
  readonly segmentBytes?: number;
}

const MAX_BYTES = 512 * 1024 * 1024;
const SEGMENT_EVENTS = 1000;
const SEGMENT_AGE_MS = 200;
const TICK_MS = 100;
const HOUSEKEEPING_MS = 5000;

/**
 * Keeps records on this disk until the worker has them. Those of one turn of the event loop are written with one system call; only
 * then is called back. Segments are sealed by number of records or age and handed to the worker by the shipper.
 */
export class DiskSpool<Kept> {
  readonly #options: SpoolOptions;
  readonly #kind: Kind<Kept>;
  /** Folder of this run. */
  readonly runDir: string;
  readonly #shipper: Shipper;
  readonly #timers: NodeJS.Timeout[];
  #segment: OpenSegment<Kept> | null = null;
  #segmentNumber = 0;
  /** Not on disk yet. */
  #events: Kept[] = [];
  /** Alternating: what to call, and with what. */
  #after: unknown[] = [];
  #scheduled = false;
  #broken = false;
  readonly #flush = (): void => this.#writeOut();

  constructor(options: SpoolOptions, kind: Kind<Kept>) {
    this.#options = options;
    this.#kind = kind;
    this.runDir = createRunDir(options.dir, options.node);
    this.#shipper = new Shipper({ ...options, job: kind.job });
    this.#adoptOrphans();
    this.#timers = [
      setInterval(() => this.#tick(), TICK_MS).unref(),
      setInterval(() => this.#housekeep(), options.housekeepingMs ?? HOUSEKEEPING_MS).unref(),
    ];
  }

  accepts(): boolean {
    return !this.#broken && this.#shipper.bytes < (this.#options.maxBytes ?? MAX_BYTES);
  }

  record<T>(event: Kept, then: (subject: T) => void, subject: T): void {
    this.#events.push(event);
    this.#after.push(then, subject);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flush);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#writeOut();
    this.#seal();
    await this.#shipper.close();
    removeRunDir(this.runDir);
  }

  /** Segments written but not committed by the worker yet. */
  get outstanding(): number {
    return this.#shipper.count;
  }

  #writeOut(): void {
    this.#scheduled = false;
    if (this.#events.length > 0) this.#write();
    const after = this.#after;
    this.#after = [];
    for (let i = 0; i < after.length; i += 2) (after[i] as (subject: unknown) => void)(after[i + 1]);
  }

  /**
   * When the disk refuses, the events stay in memory and are tried again with each tick, in a new segment, and no further
   * paid call is let in; answers already earned still go out. What had been written of them is there twice, then: the
   * worker takes each event once.
   */
  #write(): void {
    try {
      while (this.#events.length > 0) {
        this.#segment ??= this.#open();
        const { segmentBytes } = this.#kind;
        const room = segmentBytes === undefined ? SEGMENT_EVENTS - this.#segment.events : 1;
        this.#segment.append(this.#events.length > room ? this.#events.slice(0, room) : this.#events);
        this.#events = this.#events.length > room ? this.#events.slice(room) : [];
        const full = this.#segment.bytes >= (segmentBytes ?? Number.POSITIVE_INFINITY);
        if (full || this.#segment.events >= SEGMENT_EVENTS) this.#seal();
      }
      if (this.#broken) this.#options.log.info('the spool is written to disk again', { job: this.#kind.job });
      this.#broken = false;
    } catch (error) {
      if (!this.#broken)
        this.#options.log.error('the spool cannot be written to disk; calls are refused', {
          error,
          job: this.#kind.job,
        });
      this.#broken = true;
      this.#seal();
    }
  }

  #open(): OpenSegment<Kept> {
    const { id, file } = segmentAt(this.runDir, this.#segmentNumber);
    const segment = new OpenSegment(id, file, performance.now(), this.#kind.newLines());
    this.#segmentNumber++;
    return segment;
  }

  #seal(): void {
    const segment = this.#segment;
    if (segment === null) return;
    this.#segment = null;
    const sealed = segment.seal();
    if (sealed.bytes === 0) {
      // The disk took nothing. Its number is used again: a hole in the numbers means lost usage.
      removeFile(sealed.file);
      this.#segmentNumber--;
      return;
    }
    this.#shipper.add(sealed);
    void this.#shipper.run();
  }

  #tick(): void {
    if (this.#broken) this.#writeOut();
    if (this.#segment && performance.now() - this.#segment.openedAt >= SEGMENT_AGE_MS) this.#seal();
  }

  #housekeep(): void {
    try {
      touchRunDir(this.runDir);
      this.#adoptOrphans();
    } catch (error) {
      this.#options.log.warn('the spool folder cannot be kept', { error });
    }
  }

  /** Takes over segments of runs whose process is gone: our own earlier ones, or a neighbour's. */
  #adoptOrphans(): void {
    for (const dir of orphanDirs(this.#options.dir, this.runDir, Date.now())) {
      const segments = segmentsIn(dir);
      if (segments.length === 0) removeRunDir(dir);
      for (const segment of segments) {
        if (!this.#shipper.has(segment.id)) this.#shipper.add(segment);
      }
    }
  }
}

/** The durable meter: answers go out once their events are on disk. */
export class Spool extends DiskSpool<UsageEvent> implements Meter {
  constructor(options: SpoolOptions) {
    super(options, { job: 'usage.ingest', newLines: () => new UsageLineWriter() });
  }
}
