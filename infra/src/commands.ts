import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, appendFileSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inheritedEnv } from '@parley/env/inherit';

/** How a command ended, with what it wrote (both streams, in order). */
export interface CommandResult {
  readonly ok: boolean;
  readonly code: number | null;
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** On top of the inherited environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  readonly timeoutMs?: number;
  /** File that receives the output as well. */
  readonly log?: string;
}

const running = new Set<ChildProcess>();

/** Asks every command that still runs to leave. */
export function endRunningCommands(): void {
  for (const child of running) child.kill('SIGTERM');
}

/** Runs a command to its end. A command that cannot be run at all is a result with code `null`. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, [...args], {
      env: { ...inheritedEnv(), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    });
    running.add(child);
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.stderr.on('data', (piece: Buffer) => pieces.push(piece));
    const finish = (code: number | null, more = ''): void => {
      running.delete(child);
      const output = Buffer.concat(pieces).toString('utf8') + more;
      if (options.log) appendFileSync(options.log, `$ ${[command, ...args].join(' ')}\n${output}\n`);
      resolve({ ok: code === 0, code, output });
    };
    child.once('error', (error) => finish(null, error.message));
    child.once('close', (code) => finish(code));
  });
}

/** The first of these programs that is on PATH, as a full path; `null` when none is. */
export function onPath(names: readonly string[]): string | null {
  for (const name of names) {
    for (const folder of (inheritedEnv()['PATH'] ?? '').split(delimiter)) {
      const file = join(folder, name);
      if (folder !== '' && isExecutable(file)) return file;
    }
  }
  return null;
}

/** True when this process runs as root. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
