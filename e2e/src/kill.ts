import { running } from './running.ts';

/** Kills a child of the running product, a store of its own too, without warning (`kill -9`). */
export function kill(name: string): void {
  const pid = running().pids[name];
  if (!pid) throw new Error(`no ${name} is running`);
  process.kill(pid, 'SIGKILL');
}

/** Whether a process with this pid runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
