import { type ChildProcess, spawn } from 'node:child_process';
import { inheritedEnv } from '@parley/env/inherit';
import { ROOT } from './options.ts';

const shown = new Set<ChildProcess>();

/**
 * Runs a Node program whose output belongs on this terminal; resolves to its exit code (1 when ended by a signal).
 * With `heard`, its output passes through this process, which hears it as well.
 */
export function runShown(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = ROOT,
  heard?: (text: string) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], {
      cwd,
      env: { ...inheritedEnv(), ...env },
      stdio: heard ? ['inherit', 'pipe', 'pipe'] : 'inherit',
    });
    shown.add(child);
    if (heard) {
      for (const [from, to] of [
        [child.stdout, process.stdout],
        [child.stderr, process.stderr],
      ] as const) {
        from?.setEncoding('utf8').on('data', (text: string) => {
          heard(text);
          to.write(text);
        });
      }
    }
    child.once('error', reject);
    child.once('close', (code) => {
      shown.delete(child);
      resolve(code ?? 1);
    });
  });
}

/** Asks every shown program to leave. */
export function endShown(): void {
  for (const child of shown) child.kill('SIGTERM');
}
