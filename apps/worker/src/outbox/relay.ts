import type { Producer } from '@parley/jobs/producer';
import type { Logger } from '@parley/telemetry/logger';
import pg from 'pg';
import { dispatchOutbox } from './dispatch.ts';

export interface RelayOptions {
  /** As `parley_worker`; a connection of its own listens for notices. */
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  readonly producer: Producer;
  readonly log: Logger;
  /** Look for rows this often even without a notice. */
  readonly pollMs?: number;
}

export interface Relay {
  /** Stops, after the rows that are being handed over. */
  stop(): Promise<void>;
}

const POLL_MS = 500;
const BATCH = 200;
const LISTEN_AGAIN_MS = 1_000;

/** Brings outbox rows to their queues as soon as they are committed: woken by the database, and by a clock as well. */
export function startRelay(options: RelayOptions): Relay {
  const { pool, producer, log } = options;
  let stopped = false;
  let again = false;
  let running: Promise<void> | null = null;
  let failing = false;

  const drain = async (): Promise<void> => {
    do {
      again = false;
      while (!stopped && (await dispatchOutbox(pool, producer, BATCH)) === BATCH);
    } while (again && !stopped);
  };

  const wake = (): void => {
    again = true;
    if (stopped || running) return;
    running = drain()
      .then(
        () => {
          failing = false;
        },
        (error: unknown) => {
          if (!failing)
            log.warn('announcements cannot be handed over at the moment; they wait in the database', { error });
          failing = true;
          again = false;
        },
      )
      .finally(() => {
        running = null;
        if (again) wake();
      });
  };

  const listener = listen(options.databaseUrl, wake, log);
  const timer = setInterval(wake, options.pollMs ?? POLL_MS);
  wake();
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await listener.stop();
      await running;
    },
  };
}

/** Keeps one connection listening on `parley_outbox`; opens it again when it breaks. */
function listen(databaseUrl: string, wake: () => void, log: Logger): { stop(): Promise<void> } {
  let stopped = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;

  const open = async (): Promise<void> => {
    const mine = new pg.Client({ connectionString: databaseUrl, application_name: 'parley-relay', keepAlive: true });
    client = mine;
    let gone = false;
    const reopen = (error?: unknown): void => {
      if (gone || stopped) return;
      gone = true;
      log.warn('notices from the database stopped; listening again', { error });
      mine.end().catch(() => undefined);
      timer = setTimeout(() => void open(), LISTEN_AGAIN_MS);
    };
    mine
      .on('error', reopen)
      .on('end', () => reopen())
      .on('notification', wake);
    try {
      await mine.connect();
      await mine.query('LISTEN parley_outbox');
      wake();
    } catch (error) {
      reopen(error);
    }
  };

  void open();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
