import { noopLogger } from '@parley/telemetry/logger';
import { startGateway } from '../src/gateway.ts';
import { memoryJobQueue } from '../src/ports/job-queue.ts';
import { MASTER_KEY, PEPPER } from './documents.ts';

/** A gateway node of a group that answers calls which wait; to be killed. */
const [redisUrl = '', group = '', folder = ''] = process.argv.slice(2);
await startGateway({
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
  backgroundGroup: group,
  background: { pollMs: 20, leaseMs: 600 },
  batches: { pollMs: 20, leaseMs: 600 },
});
process.stdout.write('runs\n');
