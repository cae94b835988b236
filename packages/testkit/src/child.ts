import { type ChildProcess, spawn } from 'node:child_process';
import { waitFor } from './wait-for.ts';

export interface ChildOptions {
  readonly args?: readonly string[];
  /** Environment, whole: nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Flags of node itself, before the script. */
  readonly nodeArgs?: readonly string[];
}

export interface Child {
  readonly pid: number;
  /** Standard output and error together, as lines in order of arrival. */
  readonly lines: readonly string[];
  /** Exit code, or the signal's name; null while it runs. */
  readonly ended: number | string | null;
  /** Waits for a line that matches; rejects with the output so far when the child ends or the time is up first. */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Sends a signal, SIGKILL unless told, and waits for the end. Nothing happens when it has ended. */
  kill(signal?: NodeJS.Signals): Promise<number | string>;
}

const KEPT_LINES = 5_000;

function watchLines(process: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      if (lines.length > KEPT_LINES) lines.splice(0, lines.length - KEPT_LINES);
    });
    stream?.on('end', () => rest !== '' && lines.push(rest));
  }
  return lines;
}

/** Runs a script with this process's node, as a child that can be watched and killed. */
export async function startChild(script: string, options: ChildOptions = {}): Promise<Child> {
  const spawned = spawn(process.execPath, [...(options.nodeArgs ?? []), script, ...(options.args ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env ?? {},
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const lines = watchLines(spawned);
  let ended: number | string | null = null;
  const ending = new Promise<number | string>((resolve) => {
    spawned.once('close', (code, signal) => {
      ended = code ?? signal ?? 'unknown';
      resolve(ended);
    });
  });
  await new Promise<void>((resolve, reject) => spawned.once('spawn', resolve).once('error', reject));

  const output = (): string => lines.slice(-50).join('\n');
  return {
    pid: spawned.pid as number,
    lines,
    get ended() {
      return ended;
    },
    async waitForLine(pattern, timeoutMs = 15_000) {
      const find = (): RegExpExecArray | undefined => {
        for (const line of lines) {
          const match = pattern.exec(line);
          if (match) return match;
        }
        return undefined;
      };
      try {
        const found = await waitFor(`a line like ${pattern}`, () => find() ?? (ended === null ? false : 'ended'), {
          timeoutMs,
        });
        if (found !== 'ended') return found;
      } catch (error) {
        throw new Error(`${script}: ${(error as Error).message} It said:\n${output()}`);
      }
      throw new Error(`${script} ended with ${ended} before a line like ${pattern}. It said:\n${output()}`);
    },
    async kill(signal = 'SIGKILL') {
      if (ended === null) spawned.kill(signal);
      return ending;
    },
  };
}
