import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runShown } from '../foreground.ts';
import { ROOT } from '../options.ts';
import { StartError } from '../start-error.ts';

const FOLDER = 'apps/gateway/bench';

/** `npm run bench [-- name …]`: the gateway's benches, one after the other; names narrow it to those files. */
export async function run(args: readonly string[]): Promise<number> {
  const wanted = args.filter((arg) => !arg.startsWith('-'));
  const flags = args.filter((arg) => arg.startsWith('-'));
  const benches = readdirSync(join(ROOT, FOLDER)).filter((name) => name.endsWith('.bench.ts'));
  const chosen = benches.filter((name) => wanted.length === 0 || wanted.includes(name.replace('.bench.ts', '')));
  if (chosen.length === 0) {
    throw new StartError(
      `There is no such bench. There are: ${benches.map((name) => name.replace('.bench.ts', '')).join(', ')}.`,
    );
  }
  let worst = 0;
  for (const name of chosen) worst = Math.max(worst, await runShown(join(ROOT, FOLDER, name), flags));
  return worst;
}
