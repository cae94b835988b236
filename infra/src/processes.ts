import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { poll } from './poll.ts';

/** A process that can be told from a later one which got the same pid. */
export interface ProcessMark {
  readonly pid: number;
  /** When the kernel started it, in the kernel's own notation. */
  readonly startedAt: string;
}

/** The mark of a running process; `null` when there is none (a zombie counts as none). */
export function markOf(pid: number): ProcessMark | null {
  const startedAt = process.platform === 'linux' ? linuxStart(pid) : posixStart(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** True while exactly this process runs. */
export function isRunning(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.startedAt === mark.startedAt;
}

/** Command line of a process with spaces between arguments; empty when it cannot be read. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
  }
}

/**
 * Sends each signal in turn and gives the process that many milliseconds to leave before the next.
 * Returns whether it is gone.
 */
export async function stopProcess(
  mark: ProcessMark,
  signals: readonly (readonly [NodeJS.Signals, number])[],
): Promise<boolean> {
  for (const [signal, timeoutMs] of signals) {
    if (!isRunning(mark)) return true;
    sendSignal(mark.pid, signal);
    if (await poll(() => !isRunning(mark), { timeoutMs })) return true;
  }
  return !isRunning(mark);
}

/** Sends a signal to a process, or with a negative pid to a process group; false when there is none to receive it. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Field 22 of `/proc/<pid>/stat` (proc(5)); the second field may hold spaces and parentheses. */
function linuxStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function posixStart(pid: number): string | null {
  const answer = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
  return answer === '' || answer.startsWith('Z') ? null : answer.replace(/^\S+\s+/, '');
}
