import { mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { newId } from '@parley/kernel/id';
import { removeFile } from './segment.ts';

/**
 * Layout of the spool: `<spool>/<node>/<run>/`, one folder per run of a process, with `owner.json` and segments.
 * No two processes ever write to the same folder, so there is nothing to lock; a folder whose owner is gone is an
 * orphan, and any process on the same disk may hand its segments over (the worker takes each event once).
 */
const OWNER = 'owner.json';
const SEGMENT = '.ndjson';
/** An owner on another host (its process cannot be seen from here) counts as gone after this silence. */
const SILENT_MS = 60_000;

interface Owner {
  readonly pid: number;
  readonly host: string;
}

/** Makes the folder of this run. */
export function createRunDir(spoolDir: string, node: string): string {
  const dir = join(spoolDir, node.replace(/[^a-zA-Z0-9_.-]/g, '_'), newId());
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const owner: Owner = { pid: process.pid, host: hostname() };
  writeFileSync(join(dir, OWNER), JSON.stringify(owner), { mode: 0o600 });
  return dir;
}

/** Says that the owner is alive; to be called every few seconds. */
export function touchRunDir(dir: string): void {
  const now = new Date();
  utimesSync(join(dir, OWNER), now, now);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isOrphan(dir: string, nowMs: number): boolean {
  try {
    const file = join(dir, OWNER);
    const owner = JSON.parse(readFileSync(file, 'utf8')) as Owner;
    // Our own process id in another run's folder: an earlier process of a container that reuses it.
    if (owner.host === hostname()) return owner.pid === process.pid || !isAlive(owner.pid);
    return nowMs - statSync(file).mtimeMs > SILENT_MS;
  } catch {
    // No readable owner: made by a process that died at once, unless it is being made right now.
    return nowMs - mtimeOf(dir) > SILENT_MS;
  }
}

function mtimeOf(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function childrenOf(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [join(dir, entry.name)] : [],
    );
  } catch {
    return [];
  }
}

/** Begins the name of a folder in the spool that is a spool of its own; no node's does. */
const INNER = '+';

/** A spool of other records beside that of usage, on the same disk. */
export function innerSpool(spoolDir: string, name: string): string {
  return join(spoolDir, `${INNER}${name}`);
}

/** Folders of runs whose process is gone, of any node on this disk. */
export function orphanDirs(spoolDir: string, ownDir: string, nowMs: number): string[] {
  return childrenOf(spoolDir)
    .filter((dir) => !basename(dir).startsWith(INNER))
    .flatMap(childrenOf)
    .filter((dir) => dir !== ownDir && isOrphan(dir, nowMs));
}

/** Path of a segment by its number in the run, and its id, the same for whoever hands it over. */
export function segmentAt(dir: string, number: number): { id: string; file: string } {
  const name = String(number).padStart(8, '0');
  return { id: `${basename(dir)}-${name}`, file: join(dir, `${name}${SEGMENT}`) };
}

/** Segments left in a folder, oldest first. */
export function segmentsIn(dir: string): { id: string; file: string; bytes: number }[] {
  let names: string[] = [];
  try {
    names = readdirSync(dir);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith(SEGMENT))
    .sort()
    .map((name) => {
      const file = join(dir, name);
      return { id: `${basename(dir)}-${name.slice(0, -SEGMENT.length)}`, file, bytes: sizeOf(file) };
    });
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

/** Removes a folder without segments; keeps one that still has some. */
export function removeRunDir(dir: string): void {
  if (segmentsIn(dir).length > 0) return;
  removeFile(join(dir, OWNER));
  try {
    rmdirSync(dir);
  } catch {
    // Somebody else is removing it, or put something into it: harmless.
  }
}
