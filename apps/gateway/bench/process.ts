import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** Finds a program on PATH; `null` without it. */
export function program(name: string): string | null {
  try {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

const taskset = program('taskset');

/** Keeps a process with its threads to one core, where that is possible: what it does must not disturb what it measures. */
export function stayOn(core: number, pid: number): void {
  if (taskset) execFileSync(taskset, ['-a', '-cp', String(core), String(pid)], { stdio: 'ignore' });
}

/** Whether this is a process of this machine whose program's name begins like that. */
export function isRunning(pid: number, name: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith(name);
  } catch {
    return false;
  }
}

export interface Running {
  readonly name: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a program, pinned to one core where that is possible. Its output is shown only when it fails. */
export function start(
  name: string,
  command: string,
  args: readonly string[],
  core: number,
  env: NodeJS.ProcessEnv = {},
): Running {
  const pinned = taskset ? [taskset, ['-c', String(core), command, ...args]] : [command, args];
  const child: ChildProcess = spawn(pinned[0] as string, pinned[1] as string[], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-4000);
  });
  let stopping = false;
  const ended = new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      if (!stopping && code !== 0) process.stderr.write(`${name} ended with ${code}:\n${said}\n`);
      resolve();
    });
  });
  return {
    name,
    pid: child.pid as number,
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function children(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
}

const TICK_US = 10_000;

/** CPU time (user and system) a process, its threads and its children have used, in microseconds. Linux only; else NaN. */
export function cpuUs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const own = (Number(fields[11]) + Number(fields[12])) * TICK_US;
    return children(pid).reduce((sum, child) => sum + cpuUs(child), own);
  } catch {
    return Number.NaN;
  }
}

/** Resident memory of a process in MB. Linux only; else NaN. */
export function memoryMb(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return Math.round((pages * 4096) / 1e6);
  } catch {
    return Number.NaN;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until something answers with this status. */
export async function answers(url: string, status: number, init: RequestInit = {}): Promise<void> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    try {
      const answer = await fetch(url, init);
      await answer.text();
      if (answer.status === status) return;
    } catch {
      // Not listening yet.
    }
    if (performance.now() > deadline) throw new Error(`${url} does not answer ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
