import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadStartEnv, type StartEnv } from '@parley/env/start';
import { StartError } from './start-error.ts';

/** Root of the repository. */
export const ROOT = resolve(import.meta.dirname, '../..');

/** What a start was asked for: by flags, else by environment. */
export interface StartOptions {
  readonly mode: 'start' | 'dev';
  /** Deletes all data first. */
  readonly fresh: boolean;
  /** Leaves out the demo tenants. */
  readonly demo: boolean;
  readonly dataDir: string;
  /** Begins the search for ports at ones the system proposes, to stay out of another product's way. */
  readonly scatterPorts: boolean;
  readonly env: StartEnv;
}

const FLAGS = {
  fresh: { type: 'boolean', default: false },
  'no-demo': { type: 'boolean', default: false },
  'data-dir': { type: 'string' },
} as const;

export const FLAGS_HELP = `Flags: --fresh (delete all data first), --no-demo (no demo tenants), --data-dir FOLDER (instead of .parley).`;

/** Reads flags and environment. Throws `StartError` for a flag there is not, `EnvError` for a malformed variable. */
export function readStartOptions(mode: StartOptions['mode'], args: readonly string[]): StartOptions {
  const env = loadStartEnv();
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS });
    return {
      mode,
      fresh: values.fresh,
      demo: !values['no-demo'],
      dataDir: resolve(ROOT, values['data-dir'] ?? env.dataDir ?? '.parley'),
      scatterPorts: false,
      env,
    };
  } catch (error) {
    throw new StartError(
      `${error instanceof Error ? error.message.replace(/\.?$/, '.') : String(error)} ${FLAGS_HELP}`,
    );
  }
}
