import { StringDecoder } from 'node:string_decoder';

/** What a stream of server-sent events is made of, in order (WHATWG HTML §9.2). */
export interface SseSink {
  /** One event: its name (`''` when none was given) and its data lines joined with `\n`. */
  onEvent(name: string, data: string): void;
  /** A comment line without its colon; servers use them to keep a connection alive. */
  onComment(text: string): void;
}

/** The stream holds an event larger than the bound. */
export class SseOverflowError extends Error {
  constructor(maxEventChars: number) {
    super(`a server-sent event is longer than ${maxEventChars} characters`);
    this.name = 'SseOverflowError';
  }
}

/**
 * Splits bytes into server-sent events, whatever the chunking: breaks inside a UTF-8 sequence, between CR and LF, or in
 * the middle of a field. Lines may end in LF, CR or CRLF. Memory is bounded by `maxEventChars`.
 */
export class SseSplitter {
  readonly #sink: SseSink;
  readonly #maxEventChars: number;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #swallowLf = false;
  #atStart = true;
  #name = '';
  #data: string | null = null;

  constructor(sink: SseSink, maxEventChars = 8_388_608) {
    this.#sink = sink;
    this.#maxEventChars = maxEventChars;
  }

  /** Takes the next bytes. Throws `SseOverflowError`. */
  feed(chunk: Buffer): void {
    this.#text(this.#decoder.write(chunk));
  }

  /**
   * The stream ended. An event that was complete but for its blank line is still delivered: several servers leave the
   * last line break out.
   */
  end(): void {
    this.#text(this.#decoder.end());
    if (this.#rest !== '') {
      this.#line(this.#rest);
      this.#rest = '';
    }
    this.#dispatch();
  }

  #text(chunk: string): void {
    if (chunk === '') return;
    let text = chunk;
    if (this.#swallowLf && text.charCodeAt(0) === 10) text = text.slice(1);
    this.#swallowLf = chunk.charCodeAt(chunk.length - 1) === 13;
    if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
    text = this.#rest + text;
    if (this.#atStart && text !== '') {
      this.#atStart = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      this.#line(from === at ? '' : text.slice(from, at));
      from = at + 1;
    }
    this.#rest = from === 0 ? text : text.slice(from);
    if (this.#rest.length + (this.#data?.length ?? 0) > this.#maxEventChars) {
      throw new SseOverflowError(this.#maxEventChars);
    }
  }

  #line(line: string): void {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return this.#sink.onComment(line.slice(1));
    const field = colon === -1 ? line : line.slice(0, colon);
    let value = colon === -1 ? '' : line.slice(colon + 1);
    if (value.charCodeAt(0) === 32) value = value.slice(1);
    if (field === 'data') this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    else if (field === 'event') this.#name = value;
  }

  #dispatch(): void {
    const data = this.#data;
    const name = this.#name;
    this.#data = null;
    this.#name = '';
    if (data !== null) this.#sink.onEvent(name, data);
  }
}

/** Writes one event; data of several lines becomes several `data:` lines. */
export function sseEvent(name: string, data: string): string {
  const head = name === '' ? '' : `event: ${name}\n`;
  return data.includes('\n') ? `${head}data: ${data.split('\n').join('\ndata: ')}\n\n` : `${head}data: ${data}\n\n`;
}
