import { bodiesPurpose, type TakenBodies } from '@parley/contracts/call-bodies';
import { type DataKey, seal } from '@parley/kernel/seal';
import type { Logger } from '@parley/telemetry/logger';
import type { Exchange } from '../../exchange.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { CallBodies, TakenBody } from './call-bodies.ts';

/** Calls whose bodies are on their way to the queue at once. */
const MOST_UNDER_WAY = 32;
/** Jobs that may wait for a worker, over all gateways: what Redis holds of bodies stays small. */
const MOST_WAITING = 100;
/** How long what is known of the queue holds. */
const KNOWN_FOR_MS = 1000;
const SAY_EVERY_MS = 60_000;

/**
 * Hands bodies over to the worker, sealed, after the answer has gone. Never in a call's way: what cannot be handed over at
 * once, because the queue is full or away, is dropped and counted.
 */
export class BodySender {
  readonly #jobs: JobQueue;
  readonly #log: Logger;
  #underWay = 0;
  #sent = 0;
  #dropped = 0;
  #waiting = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(jobs: JobQueue, log: Logger) {
    this.#jobs = jobs;
    this.#log = log;
  }

  /** Calls whose bodies were handed over, and whose were not. */
  get counts(): { readonly sent: number; readonly dropped: number } {
    return { sent: this.#sent, dropped: this.#dropped };
  }

  /** Takes what is kept of a call that is over. */
  take(exchange: Exchange, bodies: CallBodies): void {
    const { tenant } = exchange;
    if (tenant === null || tenant.dataKey === null || !bodies.wanted(exchange)) return;
    if (this.#underWay >= MOST_UNDER_WAY) return this.#drop();
    this.#underWay++;
    const { dataKey } = tenant;
    setImmediate(() => {
      this.#send(exchange, bodies, dataKey)
        .catch(() => this.#drop())
        .finally(() => {
          this.#underWay--;
        });
    });
  }

  async #send(exchange: Exchange, bodies: CallBodies, dataKey: DataKey): Promise<void> {
    if (await this.#full()) return this.#drop();
    const { id, tenant, caller } = exchange;
    if (tenant === null || caller === null) return;
    const { redact, maxBytes, keepForHours, consumerSees } = bodies.policy;
    const sealed = (body: TakenBody | null): TakenBodies['request'] =>
      body && { sealed: seal(dataKey, body.text, bodiesPurpose(id)), form: body.form, cut: body.cut };
    await this.#jobs.enqueue('bodies.store', {
      requestId: id,
      tenantId: tenant.id,
      consumerTenantId: caller.application.tenantId,
      redact,
      maxBytes,
      keepForHours,
      consumerSees,
      atMs: Date.now(),
      request: sealed(bodies.request(exchange)),
      response: sealed(bodies.response(exchange)),
    });
    this.#sent++;
  }

  async #full(): Promise<boolean> {
    const now = performance.now();
    if (now - this.#askedAt > KNOWN_FOR_MS) {
      this.#askedAt = now;
      this.#waiting = await this.#jobs.waiting('bodies');
    }
    return this.#waiting++ >= MOST_WAITING;
  }

  #drop(): void {
    this.#dropped++;
    const now = performance.now();
    if (now - this.#saidAt < SAY_EVERY_MS) return;
    this.#saidAt = now;
    this.#log.warn('bodies of calls are not kept: the queue is full or away', { dropped: this.#dropped });
  }
}
