import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Writes the Prisma client into `src/generated`. Prisma 7 asks for its native engine even where it does not use it;
 * naming any executable keeps the command off the network.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const result = spawnSync(process.execPath, [`${root}node_modules/prisma/build/index.js`, 'generate'], {
  cwd: root,
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  encoding: 'utf8',
});
if (result.status !== 0) {
  process.stderr.write(`${result.stdout}\n${result.stderr}`);
  process.exit(result.status ?? 1);
}
