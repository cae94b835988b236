import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { isRunning, markOf, type ProcessMark } from './processes.ts';
import { StartError } from './start-error.ts';

/** Everything a start keeps: secrets, ports, stores, logs. One start at a time owns it. */
export interface DataFolder {
  readonly root: string;
  path(...parts: string[]): string;
  /** Reads a JSON file of this folder; `null` when there is none or it is not what the schema says. */
  read<T>(name: string, schema: z.ZodType<T>): T | null;
  /** Writes a JSON file whole or not at all, readable by its owner only. */
  write(name: string, value: unknown): void;
  remove(name: string): void;
}

/** Opens a data folder, making it when it is not there. */
export function openDataFolder(root: string): DataFolder {
  try {
    mkdirSync(join(root, 'logs'), { recursive: true });
  } catch (error) {
    throw new StartError(
      `Cannot write to ${root} (${codeOf(error)}): make it writable, or name another folder with --data-dir.`,
    );
  }
  return {
    root,
    path: (...parts) => join(root, ...parts),
    read(name, schema) {
      if (!existsSync(join(root, name))) return null;
      try {
        const parsed = schema.safeParse(JSON.parse(readFileSync(join(root, name), 'utf8')));
        return parsed.success ? parsed.data : null;
      } catch {
        return null;
      }
    },
    write(name, value) {
      const temporary = join(root, `${name}.${process.pid}.new`);
      writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
      renameSync(temporary, join(root, name));
    },
    remove: (name) => rmSync(join(root, name), { recursive: true, force: true }),
  };
}

const LOCK = 'starter.lock';

/**
 * Takes the folder for this process; returns what gives it back. Throws `StartError` naming the pid when another start
 * holds it. A lock left behind by a killed start is taken over.
 */
export function lockDataFolder(folder: DataFolder): () => void {
  const file = folder.path(LOCK);
  const own = JSON.stringify(markOf(process.pid));
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(file, own, { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') {
        throw new StartError(
          `Cannot write to ${folder.root} (${codeOf(error)}): make it writable, or name another folder with --data-dir.`,
        );
      }
    }
    const holder = holderOf(file);
    if (holder && isRunning(holder)) {
      throw new StartError(
        `Parley already runs from ${folder.root} (pid ${holder.pid}): stop that one first, or name another folder with --data-dir.`,
      );
    }
    rmSync(file, { force: true });
  }
  throw new StartError(`Another start is taking ${folder.root} at this moment: try again.`);
}

function holderOf(file: string): ProcessMark | null {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(file, 'utf8')) as ProcessMark;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : null;
  } catch {
    return null;
  }
}

/** The system's code of a failed call (`EACCES`), or its message. */
export function codeOf(error: unknown): string {
  if (error instanceof Error) return (error as NodeJS.ErrnoException).code ?? error.message;
  return String(error);
}
