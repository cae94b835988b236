import { limitEpoch } from './limits/restore.ts';
import type { Ports } from './ports.ts';
import { mendSchedules } from './schedules.ts';
import { isComplete } from './snapshots/store.ts';

export interface RedisWatch {
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 2_000;

/**
 * Looks now and then whether Redis still holds what the gateways need. When it does not (first start, lost data),
 * counters are restored and a full publish is asked for; the same request waits only once. Schedules, which live there too,
 * are written again where they are gone or far away.
 */
export function watchRedis(ports: Ports, everyMs: number = LOOK_EVERY_MS): RedisWatch {
  const { redis, producer, log } = ports;
  let looking: Promise<void> | null = null;
  let failing = false;

  const look = async (): Promise<void> => {
    const mended = await mendSchedules(redis, ports.queuePrefix, ports.clock.nowMs());
    if (mended.length > 0) log.info('schedules were written anew', { schedules: mended });
    if ((await limitEpoch(redis)) === null) {
      await producer.enqueue('limits.rebuild', { reason: 'Redis holds no counters of limits that are whole' });
    }
    if (await isComplete(redis)) return;
    await producer.enqueue('snapshot.republish', { reason: 'Redis holds no complete set of documents' });
  };

  const tick = (): void => {
    looking ??= look()
      .then(
        () => {
          failing = false;
        },
        (error: unknown) => {
          if (!failing) log.warn('Redis cannot be looked at at the moment', { error });
          failing = true;
        },
      )
      .finally(() => {
        looking = null;
      });
  };

  tick();
  const timer = setInterval(tick, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
