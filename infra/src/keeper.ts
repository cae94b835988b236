/**
 * Runs one program that knows nothing of the starter (PostgreSQL, Redis, a watcher) and ends it when the starter ends,
 * even by kill -9: the IPC channel to the starter closes then.
 *
 * Arguments: one JSON `KeptProgram`. Exits with the program's code. Tells its parent the program's pid.
 */
import { spawn } from 'node:child_process';

export interface KeptProgram {
  readonly command: string;
  readonly args: readonly string[];
  /** What asks the program to leave in good order. */
  readonly stopSignal: NodeJS.Signals;
  /** Milliseconds it has to leave, before it is killed. */
  readonly stopTimeoutMs: number;
  /** Milliseconds it stays when the starter is gone, for those who use it to finish. */
  readonly lingerMs?: number;
  /** Whom it runs as, where the starter is root and the program refuses to be. */
  readonly uid?: number;
  readonly gid?: number;
}

function keep(program: KeptProgram): void {
  const child = spawn(program.command, [...program.args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    ...(program.uid === undefined ? {} : { uid: program.uid }),
    ...(program.gid === undefined ? {} : { gid: program.gid }),
  });
  child.once('error', (error) => {
    process.stderr.write(`${program.command} cannot be run: ${error.message}\n`);
    process.exit(127);
  });
  child.once('spawn', () => process.send?.({ pid: child.pid }));
  child.once('exit', (code, signal) => process.exit(code ?? (signal ? 128 : 1)));

  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    child.kill(program.stopSignal);
    setTimeout(() => child.kill('SIGKILL'), program.stopTimeoutMs).unref();
  };
  process.once('disconnect', () => setTimeout(stop, program.lingerMs ?? 0));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
}

keep(JSON.parse(process.argv[2] ?? '{}') as KeptProgram);
