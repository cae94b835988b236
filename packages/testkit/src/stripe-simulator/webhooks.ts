import { createHmac } from 'node:crypto';
import type { StripeEvent, ThinEvent } from './world.ts';

/** What goes wrong with the delivery of the next events that it suits. */
export type WebhookFault =
  | { readonly kind: 'duplicate' }
  /** Kept back until the next event was sent. */
  | { readonly kind: 'reorder' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** The first try is lost on the way; retries follow. */
  | { readonly kind: 'drop' }
  /** First try signed with a secret nobody knows. */
  | { readonly kind: 'wrongSignature' }
  /** First try signed as many seconds ago. */
  | { readonly kind: 'stale'; readonly seconds: number };

export interface WebhookAddress {
  readonly url: string;
  /** Signed with each of them, as while a secret is being rolled. */
  readonly secrets: readonly string[];
}

export interface Delivery {
  readonly eventId: string;
  readonly type: string;
  readonly attempt: number;
  /** Status of the answer, or why there was none. */
  readonly outcome: number | string;
}

type AnyEvent = StripeEvent | ThinEvent;

interface Options {
  /** Pauses before each retry, ms. */
  readonly retryMs: readonly number[];
  /** Called when `waiting` has changed by itself. */
  readonly changed?: () => void;
}

const TIMEOUT_MS = 10_000;

/** `Stripe-Signature` of a payload (https://docs.stripe.com/webhooks#verify-manually). */
export function signature(payload: string, secrets: readonly string[], seconds: number): string {
  const parts = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${seconds}.${payload}`).digest('hex')}`,
  );
  return [`t=${seconds}`, ...parts].join(',');
}

/** Sends events to one address until it answers 2xx, with faults where they are asked for. */
export class Webhooks {
  address: WebhookAddress | null = null;
  readonly deliveries: Delivery[] = [];
  /** Ids of events that nobody has taken yet. */
  readonly waiting = new Set<string>();
  readonly #options: Options;
  readonly #faults: { fault: WebhookFault; type: string | null; left: number }[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #timers = new Map<NodeJS.Timeout, () => void>();
  #heldBack: AnyEvent[] = [];
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Plays a fault on the next events, of one type or any. */
  fault(fault: WebhookFault, given: { type?: string; times?: number } = {}): void {
    this.#faults.push({ fault, type: given.type ?? null, left: given.times ?? 1 });
  }

  send(event: AnyEvent): void {
    if (this.address === null || this.#closed) return;
    this.waiting.add(event.id);
    const fault = this.#faultFor(event.type);
    if (fault?.kind === 'reorder') {
      this.#heldBack.push(event);
      return;
    }
    this.#start(event, fault);
    if (fault?.kind === 'duplicate') this.#start(event, null);
    const held = this.#heldBack;
    this.#heldBack = [];
    for (const late of held) this.#start(late, { kind: 'delay', ms: 20 });
  }

  /** Sends an event once more, as an operator may ask for. */
  resend(event: AnyEvent): void {
    this.#start(event, null);
  }

  #faultFor(type: string): WebhookFault | null {
    const planned = this.#faults.find((one) => one.left > 0 && (one.type === null || one.type === type));
    if (planned === undefined) return null;
    planned.left -= 1;
    return planned.fault;
  }

  #start(event: AnyEvent, fault: WebhookFault | null): void {
    const run = this.#deliver(event, fault);
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
  }

  async #deliver(event: AnyEvent, fault: WebhookFault | null): Promise<void> {
    if (fault?.kind === 'delay') await this.#pause(fault.ms);
    for (let attempt = 1; attempt <= this.#options.retryMs.length + 1 && !this.#closed; attempt += 1) {
      if (attempt > 1) await this.#pause(this.#options.retryMs[attempt - 2] ?? 0);
      const outcome = await this.#tryOnce(event, attempt === 1 ? fault : null);
      this.deliveries.push({ eventId: event.id, type: event.type, attempt, outcome });
      if (typeof outcome === 'number' && outcome >= 200 && outcome < 300) break;
    }
    // What is being delivered when the simulator is closed waits for the next start.
    if (this.#closed || !this.waiting.delete(event.id)) return;
    this.#options.changed?.();
  }

  async #tryOnce(event: AnyEvent, fault: WebhookFault | null): Promise<number | string> {
    const { address } = this;
    if (address === null || this.#closed) return 'no address';
    if (fault?.kind === 'drop') return 'lost on the way';
    // A thin event says what happened and to which object; its data is fetched.
    const shown = event.object === 'v2.core.event' ? { ...event, data: undefined } : event;
    const body = JSON.stringify(shown);
    const seconds = Math.floor(Date.now() / 1000) - (fault?.kind === 'stale' ? fault.seconds : 0);
    const secrets = fault?.kind === 'wrongSignature' ? ['whsec_of_somebody_else'] : address.secrets;
    try {
      const answer = await fetch(address.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signature(body, secrets, seconds),
          'user-agent': 'Stripe/1.0 (simulator)',
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch (error) {
      return error instanceof Error ? error.message : 'failed';
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#timers.delete(timer);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#timers.set(timer, done);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const [timer, done] of this.#timers) {
      clearTimeout(timer);
      done();
    }
    await Promise.allSettled(this.#running);
  }
}
