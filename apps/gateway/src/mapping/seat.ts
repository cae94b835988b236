import { Worker } from 'node:worker_threads';
import type { MappingOutcome } from '@parley/domain/mapping/map-body';
import type { FromThread, MappingJob } from './job.ts';

/** What a thread may hold: a mapping that wants more ends it, and only that mapping fails. */
const LIMITS = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };
/** Time beyond the expression's own, for reading and writing, and for built-in functions that no clock interrupts. */
const GRACE_MS = 500;

const SLOW: MappingOutcome = { ok: false, code: 'slow', message: 'The mapping took longer than the time it has.' };
const LARGE: MappingOutcome = { ok: false, code: 'large', message: 'The mapping used more memory than it may.' };
const ENDED: MappingOutcome = { ok: false, code: 'failed', message: 'The thread of the mapping has ended.' };

/** How a job ended; `killed` when its thread had to be ended with it. */
export type Finish = (outcome: MappingOutcome, killed: boolean) => void;

/** A place for one mapping at a time: a thread, and a new one whenever it had to be ended. */
export class Seat {
  readonly #onFree: () => void;
  #worker: Worker | null = null;
  #ready = false;
  #job: MappingJob | null = null;
  #finish: Finish | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(onFree: () => void) {
    this.#onFree = onFree;
  }

  get free(): boolean {
    return this.#finish === null;
  }

  run(job: MappingJob, finish: Finish): void {
    this.#job = job;
    this.#finish = finish;
    this.#worker ??= this.#open();
    if (this.#ready) this.#send();
  }

  async close(): Promise<void> {
    await this.#drop();
  }

  #open(): Worker {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), {
      env: {},
      argv: [],
      execArgv: [],
      resourceLimits: LIMITS,
      name: 'parley-mapping',
    });
    worker.unref();
    worker.on('message', (said: FromThread) => {
      if (worker !== this.#worker) return;
      if (!said.ready) return this.#end(said.outcome, false);
      this.#ready = true;
      if (this.#finish !== null) this.#send();
    });
    const gone = (outcome: MappingOutcome): void => {
      if (worker !== this.#worker) return;
      void this.#drop();
      this.#end(outcome, true);
    };
    worker.on('error', (error: Error & { code?: string }) => {
      const large = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      gone(large ? LARGE : { ok: false, code: 'failed', message: error.message });
    });
    worker.on('exit', () => gone(ENDED));
    return worker;
  }

  #send(): void {
    const job = this.#job;
    if (job === null || this.#worker === null) return;
    this.#timer = setTimeout(() => {
      void this.#drop();
      this.#end(SLOW, true);
    }, job.mapping.timeoutMs + GRACE_MS);
    this.#worker.postMessage(job, [job.bytes.buffer as ArrayBuffer]);
  }

  #end(outcome: MappingOutcome, killed: boolean): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const finish = this.#finish;
    this.#timer = null;
    this.#job = null;
    this.#finish = null;
    if (finish === null) return;
    finish(outcome, killed);
    this.#onFree();
  }

  async #drop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#ready = false;
    await worker?.terminate();
  }
}
