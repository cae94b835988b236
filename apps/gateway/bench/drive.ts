import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import { cpuUs, program } from './process.ts';

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** API keys used in turn instead of one. */
  readonly keys?: readonly string[];
  /** A body makes it a POST. */
  readonly body?: string;
  readonly seconds: number;
  readonly connections: number;
}

export interface Figures {
  readonly requests: number;
  readonly perSecond: number;
  readonly failed: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Of the process under load, per request. */
  readonly cpuUs: number;
}

const run = promisify(execFile);
const wrk = program('wrk');
const taskset = program('taskset');

function micros(text: string): number {
  const [, number = 'NaN', unit = ''] = /([\d.]+)(us|ms|s)/.exec(text) ?? [];
  return Number(number) * ({ us: 1, ms: 1000, s: 1_000_000 }[unit] ?? Number.NaN);
}

function luaScript(load: Load): string {
  const lines = Object.entries(load.headers).map(([name, value]) => `wrk.headers["${name}"] = "${value}"`);
  if (load.body !== undefined) lines.push('wrk.method = "POST"', `wrk.body = [==[${load.body}]==]`);
  if (load.keys !== undefined) {
    lines.push(`local keys = { ${load.keys.map((key) => `"${key}"`).join(',')} }`, 'local at = 0');
    lines.push(
      'request = function() at = at % #keys + 1; wrk.headers["x-api-key"] = keys[at]; return wrk.format() end',
    );
  }
  return lines.join('\n');
}

async function withWrk(load: Load, core: number): Promise<Omit<Figures, 'cpuUs'>> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-wrk-'));
  try {
    const script = join(folder, 'load.lua');
    writeFileSync(script, luaScript(load));
    const args = [
      '-t',
      '1',
      '-c',
      `${load.connections}`,
      '-d',
      `${load.seconds}s`,
      '--latency',
      '-s',
      script,
      load.url,
    ];
    const { stdout } = taskset
      ? await run(taskset, ['-c', String(core), wrk ?? 'wrk', ...args])
      : await run(wrk ?? 'wrk', args);
    const find = (pattern: RegExp): string => pattern.exec(stdout)?.[1] ?? '';
    return {
      requests: Number(find(/(\d+) requests in/)),
      perSecond: Number(find(/Requests\/sec:\s+([\d.]+)/)),
      failed: Number(find(/Non-2xx or 3xx responses: (\d+)/) || 0),
      p50Us: micros(find(/^\s+50%\s+(\S+)/m)),
      p99Us: micros(find(/^\s+99%\s+(\S+)/m)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withAutocannon(load: Load): Promise<Omit<Figures, 'cpuUs'>> {
  const result = await autocannon({
    url: load.url,
    connections: load.connections,
    duration: load.seconds,
    headers: { ...load.headers },
    ...(load.body === undefined ? {} : { method: 'POST' as const, body: load.body }),
  });
  return {
    requests: result.requests.total,
    perSecond: result.requests.average,
    failed: result.non2xx + result.errors,
    p50Us: result.latency.p50 * 1000,
    p99Us: result.latency.p99 * 1000,
  };
}

export const driver = wrk ? 'wrk' : 'autocannon';

/** Puts load on processes and measures them from outside; their CPU time is read before and after. */
export async function drive(pids: readonly number[], load: Load, core: number): Promise<Figures> {
  const cpu = (): number => pids.reduce((sum, pid) => sum + cpuUs(pid), 0);
  const before = cpu();
  const figures = wrk ? await withWrk(load, core) : await withAutocannon(load);
  return { ...figures, cpuUs: (cpu() - before) / figures.requests };
}
