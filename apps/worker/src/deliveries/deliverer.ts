import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@parley/kernel/clock';
import type { DataKey } from '@parley/kernel/seal';
import type { Logger } from '@parley/telemetry/logger';
import type { Metrics } from '@parley/telemetry/metrics';
import type { Pool } from 'pg';
import { isOutage } from '../outage.ts';
import { type Claimed, claimDeliveries } from './claim.ts';
import { loadDelivery, Undeliverable } from './load.ts';
import { sendDelivery } from './send.ts';
import { giveUp, settleTry } from './settle.ts';

export interface DelivererOptions {
  readonly pool: Pool;
  readonly master: DataKey;
  readonly allowedPrivate: readonly string[];
  /** The same for addresses that callers choose; none unless told. */
  readonly callbackPrivate?: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Looks for due deliveries this often; half a second unless told. */
  readonly pollMs?: number;
}

export interface Deliverer {
  /** Takes nothing new and ends what runs. */
  stop(): Promise<void>;
}

const POLL_MS = 500;
/** Deliveries that one process sends at once. */
const AT_ONCE = 64;
/** So many processes may die over a delivery before it is blamed. */
const MOST_LOST = 10;
/** An outcome that cannot be written down is tried for this long; then its lease ends, and the delivery comes again. */
const SETTLE_MS = 30_000;
const SETTLE_PAUSE_MS = 500;

/**
 * Sends what is due. The tables are the only truth: a delivery is leased, sent, and its outcome written down; when the
 * process dies in between, its lease ends and another sends it again, under the same id.
 */
export function startDeliverer(options: DelivererOptions): Deliverer {
  const { pool, log } = options;
  const counted = options.metrics.counter('parley_deliveries_total', 'Tries of deliveries.', ['outcome']);
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let failing = false;

  const pause = (): Promise<unknown> =>
    Promise.race([
      delay(options.pollMs ?? POLL_MS, undefined, { signal: stopping.signal }).catch(() => undefined),
      ...(running.size >= AT_ONCE ? running : []),
    ]);

  const run = async (claimed: Claimed): Promise<void> => {
    const outcome = await deliver(options, claimed).catch((error: unknown) => {
      // Nothing is lost: the lease ends, and the delivery is taken up again.
      log[isOutage(error) ? 'warn' : 'error']('a delivery could not be made now', { error, delivery: claimed.id });
      return 'error' as const;
    });
    counted.add(1, { outcome });
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const free = AT_ONCE - running.size;
      const taken = free === 0 ? [] : await take(free);
      for (const claimed of taken) {
        const one = run(claimed).finally(() => running.delete(one));
        running.add(one);
      }
      if (taken.length === 0 || running.size >= AT_ONCE) await pause();
    }
  };

  const take = async (free: number): Promise<Claimed[]> => {
    try {
      const claimed = await claimDeliveries(pool, free);
      failing = false;
      return claimed;
    } catch (error) {
      if (!failing) log.warn('deliveries cannot be looked for at the moment; they wait in the database', { error });
      failing = true;
      return [];
    }
  };

  const looping = loop();
  return {
    async stop() {
      stopping.abort();
      await looping;
      await Promise.all(running);
    },
  };
}

async function deliver(options: DelivererOptions, claimed: Claimed): Promise<string> {
  const { pool, master, clock } = options;
  if (claimed.lost >= MOST_LOST) {
    await giveUp(pool, claimed, 'Each try to send it broke off before it could end.');
    return 'failed';
  }
  const loaded = await loadDelivery(pool, master, claimed).catch((error: unknown) => {
    if (error instanceof Undeliverable) return error;
    throw error;
  });
  if (loaded instanceof Undeliverable) {
    await giveUp(pool, claimed, loaded.message);
    return 'failed';
  }
  const allowedPrivate = loaded.callerChosen ? (options.callbackPrivate ?? []) : options.allowedPrivate;
  const outcome = await sendDelivery(loaded, allowedPrivate, clock.nowMs());
  return persist(() => settleTry(pool, claimed, { rules: loaded.rules, outcome, place: loaded }));
}

/** The database may be away just when a try has ended: what is known is then held for a while. */
async function persist<T>(write: () => Promise<T>): Promise<T> {
  const until = performance.now() + SETTLE_MS;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isOutage(error) || performance.now() > until) throw error;
      await delay(SETTLE_PAUSE_MS);
    }
  }
}
