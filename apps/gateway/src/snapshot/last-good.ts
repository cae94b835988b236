import { appendFile, constants, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@parley/telemetry/logger';
import { CopyLines, linesOfChange, linesOfDocument } from './copy-lines.ts';
import { Slices } from './slices.ts';
import type { HeldChange, SnapshotStore } from './store.ts';

const WAIT_MS = 1000;
/** Changes are added at the end until they are as much as what was written at once, and at least this many bytes. */
const MIN_ADDED_BYTES = 16 * 1024 * 1024;
/** A file that has gone is not begun with what changed last: it is written anew. */
const ADD_ONLY = constants.O_WRONLY | constants.O_APPEND;
const CHUNK_CHARS = 256 * 1024;

/**
 * A copy of the loaded configuration on disk (mode 600). Changes are added to it about a second after they came; from time
 * to time it is written anew and replaced whole. It lets a node start and serve while Redis cannot be reached.
 */
export class LastGoodCopy {
  readonly #dir: string;
  readonly #file: string;
  readonly #store: () => SnapshotStore;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  /** Lines of changes that are to be added. */
  #due: string[] = [];
  /** Bytes that may be added before the file is written anew; none before the first time: what is there is of another process. */
  #room = 0;

  constructor(dir: string, node: string, store: () => SnapshotStore, log: Logger) {
    this.#dir = dir;
    this.#file = join(dir, `${node.replace(/[^a-zA-Z0-9_.-]/g, '_')}.ndjson`);
    this.#store = store;
    this.#log = log;
  }

  /** The configuration has changed: the copy will have it within about a second. */
  note(change: HeldChange): void {
    if (this.#room > 0) this.#due.push(...linesOfChange(change));
    this.#timer ??= setTimeout(() => this.#writeNext(), WAIT_MS).unref();
  }

  /** Loads the copy into the store; the number of documents, 0 when there is no usable copy. */
  async restore(): Promise<number> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!missing) this.#log.error('the last good configuration cannot be read', { error });
      return 0;
    }
    const lines = new CopyLines(text, this.#log);
    let restored = 0;
    for (const { kind, id, stored } of lines.documents()) {
      try {
        await this.#store().restore(kind, id, stored, async (names) => lines.parts(kind, id, names));
        restored++;
      } catch (error) {
        this.#log.error('a document of the last good configuration is unusable', { kind, id, error });
      }
    }
    return restored;
  }

  /** Writes what is due and waits for it. */
  async close(): Promise<void> {
    if (this.#timer) {
      clearTimeout(this.#timer);
      this.#writeNext();
    }
    await this.#writing;
  }

  #writeNext(): void {
    this.#timer = null;
    this.#writing = this.#writing.then(async () => {
      try {
        await (this.#room > 0 ? this.#add() : this.#writeAnew());
      } catch (error) {
        this.#room = 0;
        this.#log.warn('the last good configuration cannot be written', { error });
      }
    });
  }

  async #add(): Promise<void> {
    const text = this.#due.splice(0).join('');
    await appendFile(this.#file, text, { flag: ADD_ONLY });
    this.#room -= text.length;
  }

  /** Writes everything that is held, a little at a time; what changes meanwhile is added afterwards. */
  async #writeAnew(): Promise<void> {
    const draft = `${this.#file}.${process.pid}.tmp`;
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    this.#due = [];
    this.#room = MIN_ADDED_BYTES;
    const slices = new Slices();
    const handle = await open(draft, 'w', 0o600);
    let written = 0;
    try {
      let chunk = '';
      const flush = async (): Promise<void> => {
        written += chunk.length;
        await slices.wait(handle.write(chunk));
        chunk = '';
      };
      for (const document of this.#store().documents()) {
        for (const line of linesOfDocument(document)) {
          chunk += line;
          if (chunk.length > CHUNK_CHARS) await flush();
          const turn = slices.pause();
          if (turn !== null) await turn;
        }
      }
      await flush();
    } finally {
      await handle.close();
    }
    await rename(draft, this.#file);
    this.#room = Math.max(MIN_ADDED_BYTES, written);
  }
}
