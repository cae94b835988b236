import { newId } from '@parley/kernel/id';
import type { Ports } from '../ports/ports.ts';
import { refusal } from '../refusals.ts';
import { endByGateway } from '../stages/end-early.ts';
import { callbackJob } from './callback.ts';
import type { ClaimedJob } from './job.ts';
import type { JobEnd, JobStore } from './job-store.ts';
import { type JobRun, runJob } from './run-job.ts';

export interface RunnerTimes {
  /** How long a job is this node's without a sign of life. */
  readonly leaseMs: number;
  /** Looks for jobs this often when there were none. */
  readonly pollMs: number;
  /** Jobs that this node runs at once. */
  readonly slots: number;
}

export const RUNNER_TIMES: RunnerTimes = { leaseMs: 15_000, pollMs: 500, slots: 8 };

/** Signs of life in one lease. */
const BEATS = 5;
/** Pause before a job comes again that could not be answered now. */
const AGAIN_MS = 2000;
const PERSIST_MS = 500;
const UNTOLD_MS = 5000;

interface Held {
  readonly job: ClaimedJob;
  readonly run: JobRun;
  /** `performance.now()` until which it is surely this node's. */
  until: number;
}

/**
 * Answers calls that wait, beside the calls that are answered now: only while the node is not overloaded, a few at once. A
 * job is leased; a node that cannot renew its lease ends what it runs before another may begin.
 */
export class JobRunner {
  readonly #ports: Ports;
  readonly #store: JobStore;
  readonly #times: RunnerTimes;
  readonly #held = new Map<string, Held>();
  #beat: NodeJS.Timeout | null = null;
  #poll: NodeJS.Timeout | null = null;
  #looking = false;
  #again = false;
  #closing = false;
  #away = false;

  constructor(ports: Ports, store: JobStore, times: Partial<RunnerTimes> = {}) {
    this.#ports = ports;
    this.#store = store;
    this.#times = { ...RUNNER_TIMES, ...times };
  }

  start(): void {
    this.#beat = setInterval(() => void this.#renew(), this.#times.leaseMs / BEATS).unref();
    this.#poll = setInterval(() => this.look(), this.#times.pollMs).unref();
  }

  /** There may be something to do. */
  look(): void {
    if (this.#looking) this.#again = true;
    else void this.#take();
  }

  /** Takes nothing new and gives what runs back, for other nodes to begin anew: that counts as no try. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#beat !== null) clearInterval(this.#beat);
    if (this.#poll !== null) clearInterval(this.#poll);
    const held = [...this.#held.values()];
    for (const one of held) this.#letGo(one);
    await Promise.all(held.map(({ job }) => this.#store.release(job, 0, false).catch(() => false)));
  }

  get #hasRoom(): boolean {
    const { life, meter } = this.#ports;
    if (this.#closing || life.draining || life.overload > 0 || !meter.accepts()) return false;
    return this.#held.size < this.#times.slots;
  }

  async #take(): Promise<void> {
    this.#looking = true;
    try {
      while (this.#hasRoom) {
        this.#again = false;
        const until = performance.now() + this.#times.leaseMs;
        const job = await this.#store.claim(newId(), this.#times.leaseMs);
        this.#away = false;
        if (job !== null) await this.#begin(job, until);
        else {
          await this.#tell();
          if (!this.#again) break;
        }
      }
    } catch (error) {
      if (!this.#away) this.#ports.log.warn('calls to be answered later cannot be looked for', { error });
      this.#away = true;
    } finally {
      this.#looking = false;
    }
  }

  /** Hands over what callers want to hear; what cannot be handed over now is tried again. */
  async #tell(): Promise<void> {
    for (const id of await this.#store.untold(UNTOLD_MS)) {
      const view = await this.#store.view(id);
      const application =
        view === null ? 'absent' : await this.#ports.snapshot.applicationById(view.facts.applicationId);
      if (application === 'unavailable') continue;
      const { jobs, clock } = this.#ports;
      const told =
        view === null || application === 'absent' ? null : callbackJob(view, application.tenantId, clock.nowMs());
      if (told !== null) await jobs.enqueue('callback.accept', told, { jobId: `callback-${id}` });
      await this.#store.told(id);
    }
  }

  async #begin(job: ClaimedJob, until: number): Promise<void> {
    const tenant = await this.#ports.snapshot.tenantById(job.facts.tenantId);
    const run = typeof tenant === 'string' ? null : this.#run(job, () => runJob(job, tenant, this.#ports));
    if (run === null) {
      // Its publisher is gone, or nothing of it can be read now: begun often enough, it is given up.
      if (job.why === 'run')
        await this.#store.release(job, AGAIN_MS, typeof tenant === 'object' || tenant === 'absent');
      else await this.#store.finish(job, UNREADABLE);
      return;
    }
    const held: Held = { job, run, until };
    this.#held.set(job.facts.id, held);
    void run.end.then((end) => this.#end(held, end)).catch((error: unknown) => this.#failed(held, error));
  }

  #run(job: ClaimedJob, begin: () => JobRun | null): JobRun | null {
    try {
      return begin();
    } catch (error) {
      this.#ports.log.error('a kept call cannot be read', { error, requestId: job.facts.id });
      return null;
    }
  }

  async #end(held: Held, end: JobEnd | null): Promise<void> {
    const { job } = held;
    if (this.#held.get(job.facts.id) !== held) return;
    if (end === null) await this.#store.release(job, AGAIN_MS, false);
    else await this.#persist(held, end);
    this.#held.delete(job.facts.id);
    this.look();
  }

  /** Redis may be away just when a job has ended: what is known is held for as long as it is surely this node's. */
  async #persist(held: Held, end: JobEnd): Promise<void> {
    for (;;) {
      try {
        await this.#store.finish(held.job, end);
        return;
      } catch (error) {
        if (performance.now() > held.until) throw error;
        await new Promise((resolve) => setTimeout(resolve, PERSIST_MS).unref());
      }
    }
  }

  #failed(held: Held, error: unknown): void {
    this.#held.delete(held.job.facts.id);
    this.#ports.log.warn('how a job ended could not be kept; it is begun anew', {
      error,
      requestId: held.job.facts.id,
    });
  }

  /** Stops what runs without a record: it is another's from here on. */
  #letGo({ job, run }: Held): void {
    this.#held.delete(job.facts.id);
    const { exchange } = run;
    if (exchange.settled) return;
    exchange.settled = true;
    exchange.call?.abort();
    exchange.modelCall?.settled();
  }

  async #renew(): Promise<void> {
    const held = [...this.#held.values()];
    if (held.length === 0) return;
    const at = performance.now();
    const told = held.map(({ job, run }) => ({ id: job.facts.id, owner: job.owner, answerBytes: run.answer.bytes }));
    const states = await this.#store.renew(told, this.#times.leaseMs).catch(() => null);
    for (const [i, one] of held.entries()) {
      const state = states?.[i];
      if (state === 'gone') this.#letGo(one);
      else if (state === undefined) {
        // Before another may take it: the next beat could come too late.
        if (at + this.#times.leaseMs / BEATS > one.until) this.#letGo(one);
      } else {
        one.until = at + this.#times.leaseMs;
        if (state === 'cancelled') endByGateway(one.run.exchange, refusal('job_cancelled'), this.#ports);
      }
    }
  }
}

const UNREADABLE: JobEnd = { state: 'failed', status: 500, code: 'job_interrupted', answer: Buffer.alloc(0) };
