import { EnvError } from '@parley/env/parse';
import { StartError } from './start-error.ts';

/** What `infra/bootstrap.mjs` hands over to once dependencies are there: one module per verb. */
const VERBS: Readonly<Record<string, () => Promise<{ run(args: readonly string[]): Promise<number> }>>> = {
  start: () => import('./verbs/start.ts'),
  dev: () => import('./verbs/dev.ts'),
  test: () => import('./verbs/test.ts'),
  bench: () => import('./verbs/bench.ts'),
  chaos: () => import('./verbs/chaos.ts'),
  migrate: () => import('./verbs/migrate.ts'),
};

// A terminal that was closed must not keep a start from stopping what it runs.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const [name = '', ...args] = process.argv.slice(2);
try {
  const load = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (!load) throw new StartError(`There is no "${name}": use one of ${Object.keys(VERBS).join(', ')}.`);
  const verb = await load();
  process.exit(await verb.run(args));
} catch (error) {
  if (!(error instanceof StartError) && !(error instanceof EnvError)) throw error;
  console.error(`\n${error.message}`);
  process.exit(1);
}
