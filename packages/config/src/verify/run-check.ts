import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import type { Check } from './checks.ts';

export interface Outcome {
  readonly check: Check;
  readonly ok: boolean;
  readonly seconds: number;
  /** Everything it printed, both streams in the order they came. */
  readonly output: string;
}

/** Runs one check in `root` and waits for its end. A command that cannot start is a failed check. */
export function runCheck(check: Check, root: string): Promise<Outcome> {
  const began = performance.now();
  const [program, ...args] = check.command;
  const bin = join(root, 'node_modules', '.bin');
  const env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    TURBO_TELEMETRY_DISABLED: '1',
    // npm's own account of a failed script says nothing that the tool has not said.
    NPM_CONFIG_LOGLEVEL: 'silent',
  };
  return new Promise((resolve) => {
    let output = '';
    const finish = (ok: boolean): void => {
      resolve({ check, ok, seconds: (performance.now() - began) / 1000, output });
    };
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      output += `${program} could not be started: ${error.message}\n`;
      finish(false);
    });
    child.on('close', (code) => {
      finish(code === 0);
    });
  });
}
