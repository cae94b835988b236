import { join } from 'node:path';
import { endShown, runShown } from '../foreground.ts';
import { onInterruption } from '../interruption.ts';
import { ROOT } from '../options.ts';
import { createProgress } from '../progress.ts';
import { StartError } from '../start-error.ts';
import { createTestStores } from '../test-stores.ts';

/** Every bench by name; each gets throwaway stores of its own. */
const BENCHES: Readonly<Record<string, string>> = {
  load: 'apps/gateway/bench/load.ts',
  scale: 'apps/gateway/bench/scale.ts',
  changes: 'apps/gateway/bench/changes.ts',
  llm: 'apps/gateway/bench/llm.ts',
  limits: 'apps/gateway/bench/limits.ts',
  context: 'packages/context/bench/assembly.bench.ts',
  recall: 'packages/context/bench/recall.bench.ts',
  retrieval: 'packages/retrieval/bench/quality.bench.ts',
  'party-token': 'packages/party-token/bench/verify.bench.ts',
};

/** `npm run bench [-- name …] [--seconds=8 …]`: all benches, or those named; flags go to each. */
export async function run(args: readonly string[]): Promise<number> {
  const flags = args.filter((arg) => arg.startsWith('-'));
  const wanted = args.filter((arg) => !arg.startsWith('-'));
  const unknown = wanted.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown) throw new StartError(`There is no bench "${unknown}". There are: ${Object.keys(BENCHES).join(', ')}.`);

  const progress = createProgress();
  const stores = createTestStores(join(ROOT, '.parley/bench'), progress);
  onInterruption(
    () => {
      endShown();
      void stores.stop().finally(() => process.exit(130));
    },
    () => {
      stores.kill();
      process.exit(130);
    },
  );
  try {
    const env = await stores.start();
    let worst = 0;
    for (const [name, file] of Object.entries(BENCHES)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      worst = Math.max(worst, await runShown(join(ROOT, file), flags, env));
    }
    return worst;
  } finally {
    await stores.stop();
  }
}
