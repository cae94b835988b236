import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { endShown, runShown } from '../foreground.ts';
import { onInterruption } from '../interruption.ts';
import { ROOT, readStartOptions } from '../options.ts';
import { createProduct } from '../product.ts';
import { createProgress } from '../progress.ts';
import { StartError } from '../start-error.ts';

/** Everything the run leaves behind; wiped at the next one. */
const FOLDER = join(ROOT, '.parley/chaos');

/**
 * `npm run chaos [-- --events=1000000 --every=20 --callers=48]`: a Parley of its own under load and under fire, then its
 * books. Exit code 0 only if they agree.
 */
export async function run(args: readonly string[]): Promise<number> {
  const options = {
    ...readStartOptions('start', []),
    dataDir: join(FOLDER, 'product'),
    fresh: true,
    scatterPorts: true,
  };
  if (options.env.databaseUrl ?? options.env.redisUrl) {
    throw new StartError('The chaos run kills and empties stores: it uses its own. Unset DATABASE_URL and REDIS_URL.');
  }
  rmSync(join(FOLDER, 'clock.json'), { force: true });
  mkdirSync(FOLDER, { recursive: true });
  const clock = { PARLEY_CHAOS_CLOCK: join(FOLDER, 'clock.json') };
  const preload = pathToFileURL(join(ROOT, 'e2e/chaos/shifted-clock.mjs')).href;
  // What the product starts inherits these.
  Object.assign(process.env, clock, {
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=${preload}`.trim(),
  });

  const product = createProduct(options, createProgress());
  onInterruption(
    () => {
      endShown();
      void product.stop().finally(() => process.exit(130));
    },
    () => {
      product.kill();
      process.exit(130);
    },
  );
  try {
    await product.start();
    return await runShown(join(ROOT, 'e2e/chaos/main.ts'), args, {
      ...clock,
      PARLEY_RUN_FILE: join(options.dataDir, 'run.json'),
    });
  } finally {
    await product.stop();
  }
}
