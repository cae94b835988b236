import { availableParallelism } from 'node:os';
import type { BodyMapping } from '@parley/contracts/policies/mapping';
import type { MappingFacts } from '@parley/domain/mapping/facts';
import type { MappingOutcome } from '@parley/domain/mapping/map-body';
import type { MappingJob } from './job.ts';
import { Seat } from './seat.ts';

/** Mappings that wait, of one tenant and their bytes in all; more are refused at once. */
const MAX_WAITING = 200;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** How long a caller does without a mapping that had to be stopped by force on its behalf. */
const BENCHED_MS = 10_000;
const MAX_BENCHED = 1000;

export interface MappingCall {
  /** Whose mapping it is: tenants take turns. */
  readonly tenantId: string;
  /** Whose body it is. */
  readonly applicationId: string;
  readonly mapping: BodyMapping;
  readonly body: Uint8Array;
  readonly charset: string;
  readonly facts: MappingFacts;
}
export type Mapped = MappingOutcome | { readonly ok: false; readonly code: 'busy'; readonly message: string };

interface Waiting {
  readonly call: MappingCall;
  readonly job: MappingJob;
  readonly done: (outcome: Mapped) => void;
}

const BUSY: Mapped = { ok: false, code: 'busy', message: 'Too many mappings are waiting.' };
const BENCHED: Mapped = { ok: false, code: 'slow', message: 'The mapping had to be stopped a moment ago.' };

/**
 * Maps bodies on threads of their own, so that no expression holds up other calls, however long it runs: one that does not
 * stop by itself is ended with its thread. Threads are started when the first body comes.
 */
export class Mapper {
  readonly #seats: Seat[] = [];
  readonly #most: number;
  /** By tenant; the first in line is served next, and goes to the end of the line. */
  readonly #lines = new Map<string, Waiting[]>();
  readonly #benched = new Map<string, number>();
  #waitingBytes = 0;

  constructor(threads = Math.max(1, Math.min(4, availableParallelism() - 1))) {
    this.#most = threads;
  }

  /** Never rejects. The body is copied: the caller's stays as it is. */
  map(call: MappingCall): Promise<Mapped> {
    if (this.#isBenched(call)) return Promise.resolve(BENCHED);
    const line = this.#lines.get(call.tenantId) ?? [];
    const { body, charset, facts, mapping } = call;
    if (line.length >= MAX_WAITING || this.#waitingBytes + body.length > MAX_WAITING_BYTES)
      return Promise.resolve(BUSY);
    return new Promise((done) => {
      line.push({ call, job: { mapping, bytes: Uint8Array.from(body), charset, facts }, done });
      this.#lines.set(call.tenantId, line);
      this.#waitingBytes += body.length;
      this.#next();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => seat.close()));
  }

  #next(): void {
    const [first] = this.#lines;
    const seat = first && this.#freeSeat();
    if (first === undefined || seat === undefined) return;
    const [tenantId, line] = first;
    const waiting = line.shift();
    this.#lines.delete(tenantId);
    if (line.length > 0) this.#lines.set(tenantId, line);
    if (waiting === undefined) return;
    const { call, job, done } = waiting;
    this.#waitingBytes -= call.body.length;
    seat.run(job, (outcome, killed) => {
      if (killed) this.#bench(call);
      done(outcome);
    });
  }

  #freeSeat(): Seat | undefined {
    const free = this.#seats.find((seat) => seat.free);
    if (free || this.#seats.length >= this.#most) return free;
    const seat = new Seat(() => this.#next());
    this.#seats.push(seat);
    return seat;
  }

  #bench(call: MappingCall): void {
    const [oldest] = this.#benched.keys();
    if (this.#benched.size >= MAX_BENCHED && oldest !== undefined) this.#benched.delete(oldest);
    this.#benched.set(benchName(call), performance.now() + BENCHED_MS);
  }

  #isBenched(call: MappingCall): boolean {
    if (this.#benched.size === 0) return false;
    const name = benchName(call);
    const until = this.#benched.get(name);
    if (until === undefined) return false;
    if (performance.now() < until) return true;
    this.#benched.delete(name);
    return false;
  }
}

function benchName({ tenantId, applicationId, mapping }: MappingCall): string {
  return `${tenantId} ${applicationId} ${mapping.map}`;
}
