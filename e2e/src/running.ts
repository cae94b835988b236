import { readFileSync } from 'node:fs';
import { type RunFile, runFileSchema } from '@parley/contracts/run-file';

/** The running Parley under test, as its run file describes it; read anew, since a restarted child has another pid. */
export function running(): RunFile {
  const file = process.env['PARLEY_RUN_FILE'];
  if (!file) throw new Error('PARLEY_RUN_FILE is not set: run the stories through “npm test -- e2e”.');
  return runFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
