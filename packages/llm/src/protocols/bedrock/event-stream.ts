import { crc32 } from 'node:zlib';

/** One message of a stream: its text headers by name, and its payload. */
export interface EventMessage {
  readonly headers: ReadonlyMap<string, string>;
  readonly payload: Buffer;
}

/** Bytes that are no event stream: a checksum or a length is wrong. */
export class EventStreamError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EventStreamError';
  }
}

const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
/** AWS's own bounds: headers of 128 KiB, a payload of 16 MiB. */
const MAX_HEADER_BYTES = 131_072;
const MAX_MESSAGE_BYTES = 16_777_216 + MAX_HEADER_BYTES + PRELUDE_BYTES + CRC_BYTES;

/** Bytes that values of a type take; types 6 and 7 say their own length in two bytes. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16] as const;
const TYPE_TEXT = 7;

function readHeaders(bytes: Buffer): Map<string, string> {
  const headers = new Map<string, string>();
  let at = 0;
  const take = (length: number): number => {
    const from = at;
    at += length;
    if (at > bytes.length) throw new EventStreamError('a header is longer than the message says');
    return from;
  };
  while (at < bytes.length) {
    const nameLength = bytes.readUInt8(take(1));
    const name = bytes.toString('utf8', take(nameLength), at);
    const type = bytes.readUInt8(take(1));
    const fixed = VALUE_BYTES[type];
    if (fixed === undefined) throw new EventStreamError('a header has an unknown type');
    const length = fixed === -1 ? bytes.readUInt16BE(take(2)) : fixed;
    const from = take(length);
    if (type === TYPE_TEXT) headers.set(name, bytes.toString('utf8', from, at));
  }
  return headers;
}

/**
 * Splits bytes into messages of AWS's event stream encoding (`application/vnd.amazon.eventstream`), whatever the chunking. Both
 * checksums of each message are checked, and memory is bounded by the longest message AWS allows. Linear.
 */
export class EventStreamSplitter {
  readonly #onMessage: (message: EventMessage) => void;
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Length of the message that is coming; 0 until its prelude has come. */
  #wanted = 0;

  constructor(onMessage: (message: EventMessage) => void) {
    this.#onMessage = onMessage;
  }

  /** Nothing of a message is left over. */
  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Takes the next bytes. Throws `EventStreamError`. */
  feed(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#pieces.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < Math.max(this.#wanted, PRELUDE_BYTES)) return;
    let rest = this.#pieces.length === 1 ? chunk : Buffer.concat(this.#pieces, this.#bytes);
    for (;;) {
      this.#wanted = rest.length < PRELUDE_BYTES ? 0 : lengthOf(rest);
      if (this.#wanted === 0 || rest.length < this.#wanted) break;
      const message = rest.subarray(0, this.#wanted);
      rest = rest.subarray(this.#wanted);
      this.#onMessage(readMessage(message));
    }
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
  }
}

/** The length of the message that begins here, its prelude checked. */
function lengthOf(bytes: Buffer): number {
  if (crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8))
    throw new EventStreamError('the checksum of a prelude is wrong');
  const length = bytes.readUInt32BE(0);
  const headers = bytes.readUInt32BE(4);
  const least = PRELUDE_BYTES + headers + CRC_BYTES;
  if (length < least || headers > MAX_HEADER_BYTES || length > MAX_MESSAGE_BYTES) {
    throw new EventStreamError('the length of a message is wrong');
  }
  return length;
}

function readMessage(bytes: Buffer): EventMessage {
  const end = bytes.length - CRC_BYTES;
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32BE(end)) {
    throw new EventStreamError('the checksum of a message is wrong');
  }
  const afterHeaders = PRELUDE_BYTES + bytes.readUInt32BE(4);
  return {
    headers: readHeaders(bytes.subarray(PRELUDE_BYTES, afterHeaders)),
    payload: bytes.subarray(afterHeaders, end),
  };
}
