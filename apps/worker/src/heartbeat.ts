import { QUEUES } from '@parley/jobs/queues';
import { Queue } from 'bullmq';
import type { Ports } from './ports.ts';

export interface Heartbeat {
  stop(): Promise<void>;
}

/** How a queue stands, as the portal's system page reads it. */
export interface QueueState {
  /** Jobs that could run now. */
  readonly waiting: number;
  /** How long the oldest of them has waited, in seconds. */
  readonly oldestSeconds: number;
}

const EVERY_MS = 5_000;

/** Writes every few seconds that this worker is alive and how the queues stand: to the database, and as metrics. */
export function startHeartbeat(ports: Ports, everyMs: number = EVERY_MS): Heartbeat {
  const startedAt = new Date(ports.clock.nowMs());
  const queues = QUEUES.map((name) => new Queue(name, { connection: ports.redis, prefix: ports.queuePrefix }));
  for (const queue of queues) queue.on('error', () => undefined);
  const depth = ports.metrics.gauge('parley_queue_waiting', 'Jobs that could run now.', ['queue']);
  const age = ports.metrics.gauge('parley_queue_oldest_seconds', 'How long the oldest waiting job has waited.', [
    'queue',
  ]);
  const waitingRows = ports.metrics.gauge(
    'parley_outbox_oldest_seconds',
    'How long the oldest announcement has waited.',
  );
  let beating: Promise<void> | null = null;
  let failing = false;

  const beat = async (): Promise<void> => {
    const states: Record<string, QueueState> = {};
    for (const queue of queues) {
      const state = await stateOf(queue, ports.clock.nowMs());
      states[queue.name] = state;
      depth.set(state.waiting, { queue: queue.name });
      age.set(state.oldestSeconds, { queue: queue.name });
    }
    await ports.pool.query(
      `INSERT INTO worker_beats (node, started_at, at, queues) VALUES ($1, $2, now(), $3)
       ON CONFLICT (node) DO UPDATE SET started_at = $2, at = now(), queues = $3`,
      [ports.node, startedAt, JSON.stringify(states)],
    );
    const { rows } = await ports.pool.query<{ seconds: number }>(
      `SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS seconds FROM outbox_entries WHERE dispatched_at IS NULL`,
    );
    waitingRows.set(rows[0]?.seconds ?? 0);
  };

  const tick = (): void => {
    beating ??= beat()
      .then(
        () => {
          failing = false;
        },
        (error: unknown) => {
          if (!failing) ports.log.warn('this worker cannot say that it is alive', { error });
          failing = true;
        },
      )
      .finally(() => {
        beating = null;
      });
  };

  tick();
  const timer = setInterval(tick, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await beating;
      await Promise.all(queues.map((queue) => queue.close()));
      await ports.pool.query('DELETE FROM worker_beats WHERE node = $1', [ports.node]).catch(() => undefined);
    },
  };
}

async function stateOf(queue: Queue, nowMs: number): Promise<QueueState> {
  const waiting = await queue.getWaitingCount();
  if (waiting === 0) return { waiting, oldestSeconds: 0 };
  const [oldest] = await queue.getWaiting(0, 0);
  return { waiting, oldestSeconds: oldest ? Math.max(Math.round((nowMs - oldest.timestamp) / 1000), 0) : 0 };
}
