import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot, onPath, runCommand } from './commands.ts';
import { ROOT } from './options.ts';
import { StartError } from './start-error.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'] as const;
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Finds a browser for the end-to-end tests, or brings one: the one named; on PATH; installed with apt-get where this is
 * root; Playwright's own. Resolves to a path, or to `null` for Playwright's own. Throws `StartError`.
 */
export async function findChromium(
  named: string | null,
  log: string,
  tell: (note: string) => void,
): Promise<string | null> {
  if (named) {
    if (!existsSync(named))
      throw new StartError(`CHROMIUM_PATH names ${named}, which is not there: correct or unset it.`);
    tell(named);
    return named;
  }
  const found = (await working(log)) ?? (await fromApt(log, tell));
  if (found) {
    tell(found);
    return found;
  }
  tell("fetching Playwright's own");
  const playwright = join(ROOT, 'node_modules/@playwright/test/cli.js');
  const withLibraries = isRoot() && onPath(['apt-get']) ? ['--with-deps'] : [];
  const fetched = await runCommand(process.execPath, [playwright, 'install', ...withLibraries, 'chromium'], {
    log,
    timeoutMs: 300_000,
  });
  if (!fetched.ok) {
    throw new StartError(
      `No browser for the end-to-end tests was found and none could be fetched (log: ${log}): install Chromium, or name one with CHROMIUM_PATH.`,
    );
  }
  tell("Playwright's own");
  return null;
}

/** A browser on this machine that starts: Ubuntu's `chromium-browser` may be a stub that only asks for snap. */
async function working(log: string): Promise<string | null> {
  for (const name of [...NAMES, ...MAC]) {
    const file = name.startsWith('/') ? (existsSync(name) ? name : null) : onPath([name]);
    if (file && (await runCommand(file, ['--version'], { log, timeoutMs: 20_000 })).ok) return file;
  }
  return null;
}

async function fromApt(log: string, tell: (note: string) => void): Promise<string | null> {
  const apt = onPath(['apt-get']);
  if (!apt || !isRoot()) return null;
  tell('installing with apt-get');
  const options = { log, timeoutMs: 400_000, env: { DEBIAN_FRONTEND: 'noninteractive' } };
  await runCommand(apt, ['-qq', 'update'], options);
  await runCommand(apt, ['-qq', '-y', '--no-install-recommends', 'install', 'chromium'], options);
  return working(log);
}
