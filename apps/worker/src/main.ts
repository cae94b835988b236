import { hostname } from 'node:os';
import { orExit } from '@parley/env/parse';
import { loadWorkerEnv } from '@parley/env/worker';
import { createLogger } from '@parley/telemetry/logger';
import { createMetrics } from '@parley/telemetry/metrics';
import { startWorker } from './worker.ts';

/** A drain that takes longer is cut: what was under way is done again by another worker. */
const DRAIN_MS = 25_000;

const env = orExit(loadWorkerEnv);
const node = `${hostname()}-${process.pid}`;
const log = createLogger({ service: 'worker', level: env.logLevel }).child({ node });
const worker = await startWorker(env, { log, metrics: createMetrics(), node }).catch((error: unknown) => {
  log.error('the worker cannot start', { error });
  process.exit(1);
});
log.info('the worker is ready', { healthPort: worker.healthPort });

let draining = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (draining) return;
    draining = true;
    log.info('the worker is draining', { signal });
    setTimeout(() => {
      log.error('the worker did not drain in time', { ms: DRAIN_MS });
      process.exit(1);
    }, DRAIN_MS).unref();
    worker.drain().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('the worker could not drain', { error });
        process.exit(1);
      },
    );
  });
}
