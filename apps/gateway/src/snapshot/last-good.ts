import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@parley/telemetry/logger';
import type { SnapshotStore } from './store.ts';

const WAIT_MS = 1000;

interface Line {
  readonly kind: 'tenant' | 'application';
  readonly doc: unknown;
}

/**
 * A copy of the loaded configuration on disk (mode 600), one document a line, replaced whole. It lets a node start and
 * serve while Redis cannot be reached.
 */
export class LastGoodCopy {
  readonly #dir: string;
  readonly #file: string;
  readonly #store: () => SnapshotStore;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(dir: string, node: string, store: () => SnapshotStore, log: Logger) {
    this.#dir = dir;
    this.#file = join(dir, `${node.replace(/[^a-zA-Z0-9_.-]/g, '_')}.ndjson`);
    this.#store = store;
    this.#log = log;
  }

  /** The configuration has changed: a new copy is written within about a second. */
  touch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#writing = this.#writing.then(() => this.#write());
    }, WAIT_MS).unref();
  }

  /** Loads the copy into the store; the number of documents, 0 when there is no usable copy. */
  async restore(): Promise<number> {
    try {
      const lines = (await readFile(this.#file, 'utf8')).split('\n').filter((line) => line !== '');
      const entries = lines.map((line) => JSON.parse(line) as Line);
      const docs = (kind: Line['kind']): unknown[] =>
        entries.filter((entry) => entry.kind === kind).map(({ doc }) => doc);
      this.#store().restore({ tenants: docs('tenant'), applications: docs('application') });
      return entries.length;
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!missing) this.#log.error('the last good configuration cannot be read', { error });
      return 0;
    }
  }

  /** Writes what is due and waits for it. */
  async close(): Promise<void> {
    if (this.#timer) {
      clearTimeout(this.#timer);
      this.#timer = null;
      this.#writing = this.#writing.then(() => this.#write());
    }
    await this.#writing;
  }

  async #write(): Promise<void> {
    const { tenants, applications } = this.#store().documents();
    const draft = `${this.#file}.${process.pid}.tmp`;
    try {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      const handle = await open(draft, 'w', 0o600);
      try {
        for (const doc of tenants) await handle.write(`${JSON.stringify({ kind: 'tenant', doc })}\n`);
        for (const doc of applications) await handle.write(`${JSON.stringify({ kind: 'application', doc })}\n`);
      } finally {
        await handle.close();
      }
      await rename(draft, this.#file);
    } catch (error) {
      this.#log.warn('the last good configuration cannot be written', { error });
    }
  }
}
