import { hkdfSync } from 'node:crypto';
import { type DataKey, openBuffer, sealBuffer } from '@parley/kernel/seal';

/** What a sealed piece is: of which file or batch, and which of its pieces. */
export type Sealed = `file:${string}:${number}` | `result:${string}:${number}`;

/**
 * Seals what applications upload and what their batches are answered, under keys that every node derives from the operator's
 * master key (HKDF, RFC 5869), one for each application. A piece opens in its own place only.
 */
export class BatchSeals {
  readonly #master: DataKey;

  constructor(master: DataKey) {
    this.#master = master;
  }

  seal(applicationId: string, what: Sealed, plain: Buffer): Buffer {
    return sealBuffer(this.#keyOf(applicationId), plain, what);
  }

  /** Throws for anything that was not sealed as this. */
  open(applicationId: string, what: Sealed, sealed: Buffer): Buffer {
    return openBuffer(this.#keyOf(applicationId), sealed, what);
  }

  #keyOf(applicationId: string): DataKey {
    const bytes = hkdfSync('sha256', this.#master.bytes, applicationId, 'parley files and batches', 32);
    return { bytes: Buffer.from(bytes) };
  }
}
