import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from '../chromium.ts';
import { endShown, runShown } from '../foreground.ts';
import { onInterruption } from '../interruption.ts';
import { ROOT, readStartOptions, type StartOptions } from '../options.ts';
import { createProduct, type Product } from '../product.ts';
import { createProgress, type Progress } from '../progress.ts';
import { StartError } from '../start-error.ts';
import {
  type Failure,
  failureList,
  playwrightFailures,
  playwrightTally,
  sum,
  type Tally,
  verifyFailures,
  vitestFailures,
  vitestTally,
} from '../test-reports.ts';
import { createTestStores, type TestStores } from '../test-stores.ts';

const PARTS = ['verify', 'unit', 'e2e'] as const;
type Part = (typeof PARTS)[number];

/** Folder of a run's stores, logs and reports; wiped at the next run. */
const FOLDER = join(ROOT, '.parley/test');
const REPORTS = join(FOLDER, 'reports');

/**
 * `npm test [-- verify|unit|e2e] [filter …]`: everything, or one part; what follows a part goes to vitest or Playwright.
 * What failed is listed again at the end, and the last line printed is `N passed, N failed, N skipped`.
 */
export async function run(args: readonly string[]): Promise<number> {
  const [first] = args;
  const part = PARTS.find((each) => each === first);
  const filter = part ? args.slice(1) : args;
  const parts: readonly Part[] = part ? [part] : filter.length > 0 ? ['unit'] : PARTS;
  const options: StartOptions = {
    ...readStartOptions('start', []),
    dataDir: join(FOLDER, 'product'),
    fresh: true,
    scatterPorts: true,
  };
  refuseOperatorStores(options);

  const progress = createProgress();
  const running: { stop(): Promise<void>; kill(): void }[] = [];
  onInterruption(
    () => {
      endShown();
      void Promise.all(running.map((each) => each.stop())).finally(() => process.exit(130));
    },
    () => {
      for (const each of running) each.kill();
      process.exit(130);
    },
  );

  mkdirSync(REPORTS, { recursive: true });
  const tallies: Tally[] = [];
  const failures: Failure[] = [];
  const context: Context = { options, filter, progress, running, tallies, failures };
  for (const each of parts) {
    progress.line(`\n── ${TITLES[each]}`);
    try {
      await RUNNERS[each](context);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      progress.line(`\n${error.message}`);
      tallies.push({ passed: 0, failed: 1, skipped: 0 });
      failures.push({ what: each, why: error.message });
    }
  }
  if (failures.length > 0) progress.line(`\n── failed\n${failureList(failures)}`);
  const total = sum(tallies);
  progress.line(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 ? 0 : 1;
}

interface Context {
  readonly options: StartOptions;
  readonly filter: readonly string[];
  readonly progress: Progress;
  readonly running: { stop(): Promise<void>; kill(): void }[];
  readonly tallies: Tally[];
  readonly failures: Failure[];
}

/** Playwright's projects that run at once, in this order: faults kill what pages are served by. */
const BROWSER_RUNS = [['stories', 'pages'], ['faults']] as const;

const TITLES: Readonly<Record<Part, string>> = {
  verify: 'verify: format, lint, types, boundaries, dead code',
  unit: 'unit, property and integration tests on real PostgreSQL and Redis',
  e2e: 'end-to-end tests in a browser against the whole product',
};

const RUNNERS: Readonly<Record<Part, (context: Context) => Promise<void>>> = {
  async verify({ filter, tallies, failures, progress }) {
    let output = '';
    const code = await timed(progress, 'verify', () =>
      runShown('packages/config/src/verify/main.ts', filter, binOnPath(), ROOT, (text) => {
        output += text;
      }),
    );
    if (code !== 0) failures.push(...verifyFailures(output));
    tallies.push(code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 });
  },

  async unit(context) {
    const stores = createTestStores(join(FOLDER, 'stores'), context.progress);
    context.running.push(stores);
    await withStop(stores, async () => {
      const env = await stores.start();
      const report = freshReport('vitest.json');
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const code = await timed(context.progress, 'vitest', () =>
        runShown('node_modules/vitest/vitest.mjs', ['run', ...reporters, ...context.filter], {
          ...binOnPath(),
          ...env,
        }),
      );
      if (code !== 0) context.failures.push(...vitestFailures(report));
      context.tallies.push(withExitCode(vitestTally(report), code));
    });
  },

  async e2e(context) {
    const { options, progress, filter } = context;
    const log = join(FOLDER, 'browser.log');
    const chromium = await progress.step('Browser', (tell) => findChromium(options.env.chromiumPath, log, tell));
    const product: Product = createProduct(options, progress);
    context.running.push(product);
    await withStop(product, async () => {
      await product.start();
      const found: Tally[] = [];
      for (const projects of BROWSER_RUNS) found.push(await runBrowser(projects, chromium, context));
      context.tallies.push(...found);
      const { passed, failed, skipped } = sum(found);
      if (passed + failed + skipped === 0) throw new StartError(`No browser story is called ${filter.join(' ')}.`);
    });
  },
};

/** Runs some of Playwright's projects at once against the product that runs; a filter may leave them nothing to do. */
async function runBrowser(projects: readonly string[], chromium: string | null, context: Context): Promise<Tally> {
  const { options, progress, filter } = context;
  const names = projects.join(' and ');
  const report = freshReport(`playwright-${projects.join('-')}.json`);
  const code = await timed(progress, `Playwright: ${names}`, () =>
    runShown(
      join(ROOT, 'node_modules/@playwright/test/cli.js'),
      [
        'test',
        '--reporter=list,json',
        ...projects.map((name) => `--project=${name}`),
        '--pass-with-no-tests',
        ...filter,
      ],
      {
        ...binOnPath(),
        PARLEY_RUN_FILE: join(options.dataDir, 'run.json'),
        PLAYWRIGHT_JSON_OUTPUT_NAME: report,
        PLAYWRIGHT_JSON_OUTPUT_FILE: report,
        ...(chromium ? { CHROMIUM_PATH: chromium } : {}),
      },
      join(ROOT, 'e2e'),
    ),
  );
  if (code !== 0) context.failures.push(...playwrightFailures(report));
  return withExitCode(playwrightTally(report), code);
}

/** A run that says it failed has failed, whatever its report counts. */
function withExitCode(tally: Tally, code: number): Tally {
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

async function withStop(what: TestStores | Product, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await what.stop();
  }
}

async function timed(progress: Progress, label: string, work: () => Promise<number>): Promise<number> {
  const began = performance.now();
  const code = await work();
  progress.line(`  ${code === 0 ? '✓' : '✗'} ${label.padEnd(26)}${((performance.now() - began) / 1000).toFixed(1)} s`);
  return code;
}

function freshReport(name: string): string {
  const file = join(REPORTS, name);
  rmSync(file, { force: true });
  return file;
}

/** Checks and tests call the repository's own programs by name. */
function binOnPath(): Record<string, string> {
  return { PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` };
}

/** Tests make databases and flush keys: never on stores that somebody uses. */
function refuseOperatorStores({ env }: StartOptions): void {
  const given = env.databaseUrl ? 'DATABASE_URL' : env.redisUrl ? 'REDIS_URL' : null;
  if (given)
    throw new StartError(
      `${given} is set, and tests would write to that store: unset it; npm test starts stores of its own.`,
    );
}
