import { closeSync, fstatSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';

/** Writes the records of one segment as lines. */
export interface LineWriter<Kept> {
  /** Records it was given. */
  readonly events: number;
  lineOf(record: Kept): string;
}

/** A file of records (of usage: `@parley/contracts/usage-lines`), written by one process and never changed once sealed. */
export interface SealedSegment {
  readonly id: string;
  readonly file: string;
  readonly bytes: number;
}

/** The segment being written. Each `append` is one write system call; bytes handed to the kernel outlive the process. */
export class OpenSegment<Kept> {
  readonly id: string;
  readonly file: string;
  readonly openedAt: number;
  /** Written so far. */
  bytes = 0;
  readonly #lines: LineWriter<Kept>;
  readonly #fd: number;

  constructor(id: string, file: string, openedAt: number, lines: LineWriter<Kept>) {
    this.#lines = lines;
    this.id = id;
    this.file = file;
    this.openedAt = openedAt;
    this.#fd = openSync(file, 'a', 0o600);
  }

  /** Events it was given. */
  get events(): number {
    return this.#lines.events;
  }

  /** Writes events. Throws when the disk does not take them all; then only `seal` is left, and they belong into another. */
  append(events: readonly Kept[]): void {
    let lines = '';
    for (const event of events) lines += this.#lines.lineOf(event);
    const bytes = Buffer.from(lines);
    this.bytes += bytes.length;
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#fd, bytes, written);
  }

  seal(): SealedSegment {
    const { size } = fstatSync(this.#fd);
    closeSync(this.#fd);
    return { id: this.id, file: this.file, bytes: size };
  }
}

/** The lines of a segment; empty for a file that is gone: another process has handed it over. */
export function segmentLines(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Removes a file that may be gone already. */
export function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
