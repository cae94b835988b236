import type { Clock } from '@parley/kernel/clock';
import type { Logger } from '@parley/telemetry/logger';
import type { CanaryStore } from '../../ports/canary-state/store.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import { Canary, type CanaryPlace } from './canary.ts';

const TICK_MS = 500;
const FORGET_AFTER_MS = 3_600_000;

interface Tools {
  readonly store: CanaryStore;
  readonly jobs: JobQueue;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The canaries of this process. Twice a second those in use are judged by this node's own calls, and what the nodes know
 * of them is shared: one that does badly on any node ends on all. While the store is away, a known canary goes on, and
 * one that does badly here ends here; the others are told as soon as they can be.
 */
export class Canaries {
  readonly #tools: Tools;
  readonly #canaries = new Map<string, Canary>();
  readonly #timer: NodeJS.Timeout;
  #busy = false;
  #away = false;

  constructor(tools: Tools) {
    this.#tools = tools;
    this.#timer = setInterval(() => void this.#tick(), TICK_MS).unref();
  }

  of(place: CanaryPlace): Canary {
    let canary = this.#canaries.get(place.id);
    if (canary === undefined) {
      canary = new Canary(place);
      this.#canaries.set(place.id, canary);
    }
    return canary;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #tick(): Promise<void> {
    if (this.#busy || this.#canaries.size === 0) return;
    this.#busy = true;
    const nowMs = this.#tools.clock.nowMs();
    const work = [...this.#canaries.values()].map((canary) => this.#look(canary, nowMs));
    const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
    // Said once for an outage, not twice a second.
    if (failed && !this.#away)
      this.#tools.log.warn('canaries cannot be shared with other nodes', { error: failed.reason });
    this.#away = failed !== undefined;
    this.#busy = false;
  }

  async #look(canary: Canary, nowMs: number): Promise<void> {
    const { id } = canary.place;
    if (canary.lastUsedAtMs < nowMs - FORGET_AFTER_MS && (canary.fault === null || canary.told)) {
      this.#canaries.delete(id);
      return;
    }
    canary.judge(nowMs);
    canary.learn(await this.#tools.store.sync(id, nowMs, canary.fault !== null));
    if (canary.fault !== null && !canary.told) await this.#tell(canary, canary.fault);
  }

  /** The same job from every node that found the fault: the audit log gets one entry. */
  async #tell(canary: Canary, fault: NonNullable<Canary['fault']>): Promise<void> {
    const { id, tenantId, apiVersionId, routeId, plan } = canary.place;
    const payload = { canaryId: id, tenantId, apiVersionId, routeId, variant: plan.variant, ...fault };
    await this.#tools.jobs.enqueue('canary.rolledBack', payload, { jobId: `canary-${id}` });
    canary.told = true;
  }
}
