import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';

/** A file of usage events, one JSON object a line, written by one process and never changed once sealed. */
export interface SealedSegment {
  readonly id: string;
  readonly file: string;
  readonly bytes: number;
}

/** The segment being written. Each `append` is one write system call; bytes handed to the kernel outlive the process. */
export class OpenSegment {
  readonly id: string;
  readonly file: string;
  readonly openedAt: number;
  bytes = 0;
  events = 0;
  readonly #fd: number;
  /** A write failed half way: the next one starts on a new line, so that only the torn line is lost to the reader. */
  #torn = false;

  constructor(id: string, file: string, openedAt: number) {
    this.id = id;
    this.file = file;
    this.openedAt = openedAt;
    this.#fd = openSync(file, 'a', 0o600);
  }

  /** Writes the lines of so many events, each ending in a line break. Throws when the disk does not take them all. */
  append(lines: string, events: number): void {
    const bytes = Buffer.from(this.#torn ? `\n${lines}` : lines);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#fd, bytes, written);
      this.#torn = false;
      this.events += events;
    } catch (error) {
      this.#torn = true;
      throw error;
    } finally {
      this.bytes += bytes.length;
    }
  }

  seal(): SealedSegment {
    closeSync(this.#fd);
    return { id: this.id, file: this.file, bytes: this.bytes };
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
