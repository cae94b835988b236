import { gunzipSync } from 'node:zlib';

/** A message of gRPC on the wire: a flag, its length, its bytes (PROTOCOL-HTTP2.md). */
export function framed(bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(5 + bytes.length);
  frame[0] = 0;
  frame.writeUInt32BE(bytes.length, 1);
  frame.set(bytes, 5);
  return frame;
}

/** The messages of an answer cannot be read; `tooLarge` when they are only too large. */
export class UnreadableMessageError extends Error {
  readonly tooLarge: boolean;

  constructor(message: string, tooLarge: boolean) {
    super(message);
    this.name = 'UnreadableMessageError';
    this.tooLarge = tooLarge;
  }
}

const PREFIX = 5;

/** Reads the messages of one answer from its pieces. Throws `UnreadableMessageError`. */
export class MessageReader {
  readonly #maxBytes: number;
  #gzip = false;
  #pieces: Buffer[] = [];
  #have = 0;
  #needed = PREFIX;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Messages may be compressed, as the answer's head says. */
  useGzip(): void {
    this.#gzip = true;
  }

  /** Whether no message is half there. */
  get complete(): boolean {
    return this.#have === 0;
  }

  /** Takes a piece; returns the messages that are whole with it. */
  push(piece: Buffer): Buffer[] {
    this.#pieces.push(piece);
    this.#have += piece.length;
    const messages: Buffer[] = [];
    while (this.#have >= this.#needed) {
      const all = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
      const length = all.readUInt32BE(1);
      if (length > this.#maxBytes) throw new UnreadableMessageError('a message is too large', true);
      this.#needed = PREFIX + length;
      this.#pieces = [all];
      if (all.length < this.#needed) break;
      messages.push(this.#unpacked(all[0] as number, all.subarray(PREFIX, this.#needed)));
      const rest = all.subarray(this.#needed);
      this.#pieces = rest.length === 0 ? [] : [rest];
      this.#have = rest.length;
      this.#needed = PREFIX;
    }
    return messages;
  }

  #unpacked(flag: number, bytes: Buffer): Buffer {
    if (flag === 0) return bytes;
    if (flag !== 1 || !this.#gzip) throw new UnreadableMessageError('a message is packed in an unknown way', false);
    try {
      return gunzipSync(bytes, { maxOutputLength: this.#maxBytes });
    } catch (error) {
      throw new UnreadableMessageError(
        'a message cannot be unpacked',
        (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE',
      );
    }
  }
}
