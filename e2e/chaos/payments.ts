import { setTimeout as delay } from 'node:timers/promises';
import { manage } from '../src/management.ts';
import { running } from '../src/running.ts';

const PAUSE_MS = 400;
const PAYS = '4242424242424242';
/** Of all who are sent to the payment page so many pay; the others leave. */
const WHO_PAY = 0.8;
const LISTED = 100;

/** A page of the simulated payment provider's that somebody was sent to, as the provider tells of it. */
export interface PaidPage {
  readonly id: string;
  /** In the currency's smallest unit. */
  readonly amount: number;
}

interface Listed {
  readonly data: readonly { id: string; status: string; payment_status: string; amount_total: number }[];
  readonly has_more: boolean;
}

function base(): string {
  const { stripeSimulatorUrl } = running();
  if (stripeSimulatorUrl === null) throw new Error('This run needs the Stripe simulator; unset STRIPE_SECRET_KEY.');
  return stripeSimulatorUrl;
}

/** Has what the provider tells go wrong for its next events: doubled, late, in another order, lost, badly signed. */
export async function troubleWebhooks(): Promise<void> {
  for (const kind of ['duplicate', 'reorder', 'delay', 'drop', 'wrongSignature', 'stale']) {
    const body = new URLSearchParams({ kind, times: '3' });
    const answer = await fetch(`${base()}/simulator/webhook-faults`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status}: ${await answer.text()}`);
  }
}

/** A customer that buys credit by card again and again, whatever happens meanwhile. */
export class Payments {
  readonly #account: string;
  readonly #running: Promise<void>;
  #stopped = false;
  /** Tries that came to nothing: somebody was killed meanwhile. */
  failed = 0;

  constructor(account: string) {
    this.#account = account;
    this.#running = this.#buy();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #buy(): Promise<void> {
    while (!this.#stopped) {
      await this.#buyOnce().catch(() => {
        this.failed += 1;
      });
      await delay(PAUSE_MS);
    }
  }

  async #buyOnce(): Promise<void> {
    const amount = (1 + Math.floor(Math.random() * 500) / 100).toFixed(2);
    const path = `/billing-accounts/${this.#account}/buy-credit`;
    const { url } = await manage<{ url: string }>('POST', path, { amount });
    if (Math.random() > WHO_PAY) return;
    const body = new URLSearchParams({ card: PAYS });
    // The impatient press twice; the second finds the page paid.
    const presses = Math.random() < 0.2 ? 2 : 1;
    await Promise.all(Array.from({ length: presses }, () => fetch(url, { method: 'POST', body, redirect: 'manual' })));
  }

  /** Every page that was paid, as the provider has it; nobody else's pages are there. */
  static async paid(): Promise<readonly PaidPage[]> {
    const paid: PaidPage[] = [];
    for (let after: string | null = null; ; ) {
      const query = new URLSearchParams({
        limit: String(LISTED),
        ...(after === null ? {} : { starting_after: after }),
      });
      const headers = { authorization: 'Bearer sk_test_parley_simulator' };
      const page = (await (await fetch(`${base()}/v1/checkout/sessions?${query}`, { headers })).json()) as Listed;
      for (const one of page.data)
        if (one.status === 'complete' && one.payment_status === 'paid')
          paid.push({ id: one.id, amount: one.amount_total });
      after = page.data.at(-1)?.id ?? null;
      if (!page.has_more || after === null) return paid;
    }
  }
}
