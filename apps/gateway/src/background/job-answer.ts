import { type IncomingMessage, ServerResponse } from 'node:http';

/** What a call was answered, kept in place of being sent. */
export interface TakenAnswer {
  readonly status: number;
  /** Flat names and values. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** It was broken off. */
  readonly broken: boolean;
}

/** An answer that goes to nobody yet: it is written like any other and kept whole, up to `maxBytes`. */
export class JobAnswer extends ServerResponse {
  readonly done: Promise<TakenAnswer>;
  readonly #maxBytes: number;
  readonly #onTooLarge: () => void;
  readonly #pieces: Buffer[] = [];
  #headers: readonly string[] = [];
  #bytes = 0;
  #resolve: (answer: TakenAnswer) => void = () => {};

  constructor(request: IncomingMessage, maxBytes: number, onTooLarge: () => void) {
    super(request);
    this.#maxBytes = maxBytes;
    this.#onTooLarge = onTooLarge;
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Bytes that have come. */
  get bytes(): number {
    return this.#bytes;
  }

  override writeHead(status: number, headers?: unknown): this {
    this.statusCode = status;
    this.#headers = (headers ?? []) as readonly string[];
    return this;
  }

  override write(chunk: string | Uint8Array): boolean {
    if (this.destroyed) return true;
    this.#take(typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk));
    return true;
  }

  override end(chunk?: unknown, encoding?: unknown): this {
    if (typeof chunk === 'string') this.#take(Buffer.from(chunk, encoding === 'latin1' ? 'latin1' : 'utf8'));
    else if (chunk instanceof Uint8Array) this.#take(Buffer.from(chunk));
    this.#settle(false);
    return this;
  }

  override destroy(): this {
    this.destroyed = true;
    this.#settle(true);
    return this;
  }

  #take(piece: Buffer): void {
    const before = this.#bytes;
    this.#bytes += piece.length;
    if (this.#bytes <= this.#maxBytes) this.#pieces.push(piece);
    else if (before <= this.#maxBytes) queueMicrotask(this.#onTooLarge);
  }

  #settle(broken: boolean): void {
    const body = Buffer.concat(this.#pieces);
    this.#resolve({ status: this.statusCode, headers: this.#headers, body, broken });
  }
}
