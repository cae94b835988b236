import { noopLogger } from '@parley/telemetry/logger';
import { startGateway } from '../src/gateway.ts';
import { memoryJobQueue } from '../src/ports/job-queue.ts';
import { MASTER_KEY, PEPPER } from './documents.ts';

/** A gateway that keeps what is said in sessions at short intervals; to be killed. */
const [redisUrl = '', folder = ''] = process.argv.slice(2);
const { port } = await startGateway({
  redisUrl,
  masterKey: MASTER_KEY,
  keyPepper: PEPPER,
  node: 'killed',
  host: '127.0.0.1',
  port: 0,
  portalUrl: null,
  spoolDir: `${folder}/spool`,
  snapshotDir: `${folder}/snapshot`,
  allowedPrivate: ['127.0.0.0/8'],
  log: noopLogger,
  jobs: memoryJobQueue(),
  backgroundGroup: 'killed-in-context',
  contexts: { progressMs: 50, leaseMs: 500 },
});
process.stdout.write(`runs ${port}\n`);
