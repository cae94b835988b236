import type { BatchSeals } from './batch-seals.ts';
import type { BatchStore } from './batch-store.ts';
import type { FileStore } from './file-store.ts';

/** Files of applications and their batches, as stages know them. */
export interface Batches {
  readonly files: FileStore;
  readonly store: BatchStore;
  readonly seals: BatchSeals;
  /** There may be something to do: this node looks, if it has room. */
  look(): void;
}
