import { OTHERS } from './bed.ts';
import { drive, type Figures, type Load } from './drive.ts';
import type { Running } from './process.ts';

/** Something to put load on, and whose CPU time counts. */
export interface Contestant {
  readonly name: string;
  readonly processes: readonly Running[];
  readonly load: Omit<Load, 'seconds' | 'connections'>;
  /** What goes on beside the load: begins it, and returns what ends it. */
  readonly beside?: () => () => Promise<void>;
}

export interface Effort {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  /** Requests before anything counts, so that nothing measured is the compiler at work. */
  readonly warm: number;
}

export interface Row extends Figures {
  readonly name: string;
}

const WARM_MS = 30_000;

const pidsOf = (processes: readonly Running[]): number[] => processes.map(({ pid }) => pid);

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function middle(name: string, all: readonly Figures[]): Row {
  const of = (field: keyof Figures): number => median(all.map((figures) => figures[field]));
  return {
    name,
    requests: all.reduce((sum, { requests }) => sum + requests, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    perSecond: of('perSecond'),
    p50Us: of('p50Us'),
    p99Us: of('p99Us'),
    cpuUs: of('cpuUs'),
  };
}

/** Warms all up, then gives each a turn in every round, so that what disturbs the machine disturbs all; medians. */
export async function measure(contestants: readonly Contestant[], effort: Effort): Promise<Row[]> {
  const { seconds, rounds, connections, warm } = effort;
  for (const { processes, load } of contestants) {
    const until = performance.now() + WARM_MS;
    for (let done = 0; done < warm && performance.now() < until; ) {
      done += (await drive(pidsOf(processes), { ...load, seconds: 2, connections }, OTHERS)).requests;
    }
  }
  const taken = contestants.map((): Figures[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, { processes, load, beside }] of contestants.entries()) {
      const end = beside?.();
      taken[at]?.push(await drive(pidsOf(processes), { ...load, seconds, connections }, OTHERS));
      await end?.();
    }
  }
  return contestants.map(({ name }, at) => middle(name, taken[at] ?? []));
}

/** Prints rows; CPU time also as a multiple of the rows at these places (-1 for none). */
export function printTable(rows: readonly Row[], bases: Readonly<Record<string, number>>): void {
  const heads = ['requests/s', 'CPU µs/request', 'p50 µs', 'p99 µs', ...Object.keys(bases).map((name) => `× ${name}`)];
  const line = (name: string, cells: readonly string[]): void => {
    process.stdout.write(`${name.padEnd(40)}${cells.map((cell) => cell.padStart(15)).join('')}\n`);
  };
  line('what', [...heads, 'failed']);
  for (const row of rows) {
    const ratios = Object.values(bases).map((at) => {
      const base = rows[at]?.cpuUs;
      return base === undefined || row.name.includes('chat') ? '–' : (row.cpuUs / base).toFixed(2);
    });
    const figures = [row.perSecond.toFixed(0), row.cpuUs.toFixed(1), row.p50Us.toFixed(0), row.p99Us.toFixed(0)];
    line(row.name, [...figures, ...ratios, String(row.failed)]);
  }
}
