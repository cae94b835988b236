import { readdirSync } from 'node:fs';
import { z } from 'zod';
import type { DataFolder } from './data-folder.ts';
import { type ProcessMark, stopProcess } from './processes.ts';
import { removeOutsideData } from './stores/postgres-home.ts';

const FILE = 'processes.json';
const schema = z.record(z.string(), z.object({ pid: z.number().int(), startedAt: z.string() }));
const STORES = /^(postgres|redis)(\/|$)/;

/** Notes which processes this start runs, for the next one to find what a kill -9 left behind. */
export function noteProcesses(folder: DataFolder, marks: Record<string, ProcessMark>): void {
  folder.write(FILE, marks);
}

/** Ends what the last start of this folder left running: applications first, then the stores they use. */
export async function clearLeftovers(folder: DataFolder): Promise<void> {
  const marks = Object.entries(folder.read(FILE, schema) ?? {});
  for (const wanted of [false, true]) {
    await Promise.all(
      marks
        .filter(([name]) => STORES.test(name) === wanted)
        .map(([, mark]) =>
          stopProcess(mark, [
            ['SIGTERM', 20_000],
            ['SIGKILL', 5_000],
          ]),
        ),
    );
  }
  folder.remove(FILE);
}

/** What a wipe leaves: the lock this start holds, and programs that would only be fetched again. */
const KEPT = new Set(['starter.lock', 'redis-server']);

/** Deletes all data of this folder, also what it keeps outside itself. */
export function wipe(folder: DataFolder): void {
  for (const name of readdirSync(folder.root)) if (!KEPT.has(name)) folder.remove(name);
  removeOutsideData(folder);
}
