import { join } from 'node:path';
import { noopLogger } from '@parley/telemetry/logger';
import { startGateway } from '../src/gateway.ts';
import { MASTER_KEY, PEPPER } from './documents.ts';

/** A gateway whose running calls count only shortly after it has died; to be killed. */
const [redisUrl = '', node = '', folder = '', holdMs = ''] = process.argv.slice(2);
const gateway = await startGateway({
  redisUrl,
  masterKey: MASTER_KEY,
  keyPepper: PEPPER,
  node,
  host: '127.0.0.1',
  port: 0,
  portalUrl: 'https://portal.test',
  spoolDir: join(folder, 'spool'),
  snapshotDir: join(folder, 'snapshot', node),
  allowedPrivate: ['127.0.0.0/8'],
  log: noopLogger,
  holdMs: Number(holdMs),
});
process.on('SIGTERM', () => void gateway.close().then(() => process.exit(0)));
process.stdout.write(`listens ${gateway.port}\n`);
