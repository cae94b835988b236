import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { runCommand } from './commands.ts';
import { hashOf } from './file-hash.ts';
import { ROOT } from './options.ts';
import { portalVariables, type Setting } from './services.ts';
import { StartError } from './start-error.ts';

/** What the portal is made of. */
const PACKAGES = ['kernel', 'contracts', 'domain', 'llm', 'telemetry', 'env', 'jobs', 'db', 'services', 'ui'];
const SOURCES = [
  'apps/portal',
  'prisma/schema.prisma',
  'package-lock.json',
  'packages/config/tsconfig.base.json',
  'packages/config/tsconfig.react.json',
  ...PACKAGES.flatMap((name) => [`packages/${name}/src`, `packages/${name}/package.json`]),
];
const OUTPUT = join(ROOT, 'apps/portal/.next');
/** In the build's own folder, so that it goes when the build goes. */
const NOTE = join(OUTPUT, 'parley-sources');

/** Builds the portal when its sources differ from those of the last build. Throws `StartError`. */
export async function buildPortal(setting: Setting, tell: (note: string) => void): Promise<void> {
  const sources = hashOf(ROOT, SOURCES);
  if (existsSync(join(OUTPUT, 'BUILD_ID')) && existsSync(NOTE) && readFileSync(NOTE, 'utf8') === sources) {
    tell('as built before');
    return;
  }
  tell('building');
  const log = setting.folder.path('logs', 'portal-build.log');
  const built = await runCommand(process.execPath, [join(ROOT, 'node_modules/next/dist/bin/next'), 'build'], {
    cwd: join(ROOT, 'apps/portal'),
    env: { ...portalVariables(setting), NODE_ENV: 'production' },
    log,
  });
  if (!built.ok) {
    throw new StartError(`The portal could not be built (log: ${log}):\n${firstError(built.output)}`);
  }
  writeFileSync(NOTE, sources);
  tell('built');
}

/** The first lines from where an error is named, without colours and stack frames. */
function firstError(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  const at = lines.findIndex((line) => /error|cannot|can't/i.test(line));
  return lines
    .slice(Math.max(at, 0), Math.max(at, 0) + 12)
    .map((line) => `      ${line}`)
    .join('\n');
}
