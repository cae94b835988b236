import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Outcome, runCheck } from '../verify/run-check.ts';

export const REPOSITORY = join(import.meta.dirname, '../../../..');

/** A canary copied out of the repository, where the ignore lists that hide canaries do not reach it. */
export interface Stage extends Disposable {
  readonly folder: string;
  /** Copies a file of the repository's root to the same place here. */
  bring(path: string): void;
  /** Links `path` here to an absolute target. */
  link(path: string, target: string): Promise<void>;
  /** Runs a tool of the repository's node_modules in this folder. */
  run(program: string, ...args: readonly string[]): Promise<Outcome>;
}

/** Copies `packages/config/canaries/<name>` to a temporary folder, removed on disposal. */
export function stage(name: string): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'parley-canary-'));
  cpSync(join(REPOSITORY, 'packages/config/canaries', name), folder, { recursive: true });
  return {
    folder,
    bring: (path) => {
      cpSync(join(REPOSITORY, path), join(folder, path), { recursive: true });
    },
    link: async (path, target) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      symlinkSync(target, join(folder, path));
    },
    run: (program, ...args) => {
      const command: [string, ...string[]] = [join(REPOSITORY, 'node_modules/.bin', program), ...args];
      return runCheck({ name, holds: '', command }, folder);
    },
    [Symbol.dispose]: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
