import { type ChildProcess, spawn } from 'node:child_process';
import { inheritedEnv } from '@parley/env/inherit';
import { ROOT } from './options.ts';

const shown = new Set<ChildProcess>();

/** Runs a Node program whose output belongs on this terminal; resolves to its exit code (1 when ended by a signal). */
export function runShown(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = ROOT,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], {
      cwd,
      env: { ...inheritedEnv(), ...env },
      stdio: 'inherit',
    });
    shown.add(child);
    child.once('error', reject);
    child.once('exit', (code) => {
      shown.delete(child);
      resolve(code ?? 1);
    });
  });
}

/** Asks every shown program to leave. */
export function endShown(): void {
  for (const child of shown) child.kill('SIGTERM');
}
