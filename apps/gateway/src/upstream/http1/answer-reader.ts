import type { IncomingHttpHeaders } from 'node:http';
import { CHUNKED, isForbidden, readAnswerHead, UNTIL_CLOSE } from './answer-head.ts';
import { MalformedAnswerError } from './malformed-answer.ts';

/** Hears of one answer. */
export interface AnswerSink {
  onAnswerHead(status: number, headers: IncomingHttpHeaders): void;
  /** A piece of the body; its bytes are the sink's own. Chunks that were read together are one piece. */
  onAnswerData(chunk: Buffer): void;
  /** The answer is complete. `keepMs`: how long its connection may wait for the next call, 0 for not at all. */
  onAnswerEnd(keepMs: number): void;
}

/** A head, or the trailers of a body, may have this many bytes. */
const MAX_HEAD = 16_384;
const MAX_CHUNK_LINE = 1024;
/** Answers before the answer (1xx) that are passed over. */
const MAX_INTERIM = 32;
const PROTOCOL = 'HTTP/1.';
/** A chunk's size and its extensions, which mean nothing to anybody here (RFC 9112 §7.1). */
const CHUNK_LINE = /^([0-9A-Fa-f]{1,12})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?\r\n$/;
const TRAILER_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n$/;

type State = 'head' | 'body' | 'untilClose' | 'chunkLine' | 'chunk' | 'chunkEnd' | 'trailers' | 'over';

/**
 * Reads answers of one connection, one after the other, in whatever pieces their bytes come (RFC 9112). Strict: what
 * could be read in two ways is a `MalformedAnswerError`, and the connection is of no use any more.
 */
export class AnswerReader {
  readonly #sink: AnswerSink;
  #state: State = 'over';
  #bodiless = false;
  /** A line or head whose end has not come. */
  #begun = '';
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  /** Of the bytes being read, those of chunks that were not handed over yet: moved together behind the first. */
  #gatheredFrom = 0;
  #gatheredTo = 0;
  #trailerBytes = 0;
  #interim = 0;
  #keepMs = 0;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  /** The next bytes are the beginning of an answer, to a HEAD request where `bodiless`. */
  begin(bodiless: boolean): void {
    this.#state = 'head';
    this.#bodiless = bodiless;
    this.#interim = 0;
    this.#begun = '';
  }

  /** Nobody listens any more. */
  stop(): void {
    this.#state = 'over';
  }

  /** Takes bytes, which are the caller's again afterwards, in disorder; returns how many of them belong to the answer. */
  read(bytes: Buffer): number {
    let at = 0;
    try {
      while (at < bytes.length && this.#state !== 'over') at = this.#step(bytes, at);
    } finally {
      this.#handOver(bytes);
    }
    return at;
  }

  /** The other side sends no more. False when the answer is not complete with that. */
  end(): boolean {
    if (this.#state !== 'untilClose') return false;
    this.#finish();
    return true;
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at);
      case 'untilClose':
        this.#sink.onAnswerData(Buffer.from(bytes.subarray(at)));
        return bytes.length;
      case 'body':
      case 'chunk':
        return this.#readBody(bytes, at);
      case 'chunkLine':
      case 'chunkEnd':
      case 'trailers':
        return this.#readLine(bytes, at);
      case 'over':
        return at;
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    if (this.#begun === '') {
      const end = bytes.indexOf('\r\n\r\n', at, 'latin1');
      if (end === -1) return this.#holdHead(bytes, at);
      if (end - at > MAX_HEAD) throw new MalformedAnswerError('the head is too large');
      this.#takeHead(bytes.toString('latin1', at, end));
      return end + 4;
    }
    const before = this.#begun.length;
    const text = this.#begun + bytes.toString('latin1', at, Math.min(bytes.length, at + MAX_HEAD + 4));
    const end = text.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (end === -1) return this.#holdHead(bytes, at);
    if (end > MAX_HEAD) throw new MalformedAnswerError('the head is too large');
    this.#begun = '';
    this.#takeHead(text.slice(0, end));
    return at + end + 4 - before;
  }

  /** The head goes on; but what is none already is not waited for. */
  #holdHead(bytes: Buffer, at: number): number {
    const before = this.#begun.length;
    if (before + bytes.length - at > MAX_HEAD + 3) throw new MalformedAnswerError('the head is too large');
    this.#begun += bytes.toString('latin1', at);
    const fits = this.#begun.startsWith(PROTOCOL) || PROTOCOL.startsWith(this.#begun);
    if (!fits || isForbidden(this.#begun, Math.max(0, before - 2))) throw new MalformedAnswerError('no HTTP/1');
    return bytes.length;
  }

  #takeHead(text: string): void {
    const { status, headers, length, keepMs } = readAnswerHead(text, this.#bodiless);
    if (status < 200) {
      if (status === 101 || ++this.#interim > MAX_INTERIM) throw new MalformedAnswerError(`an unasked-for ${status}`);
      return;
    }
    this.#keepMs = keepMs;
    this.#left = length;
    if (length === CHUNKED) this.#state = 'chunkLine';
    else this.#state = length === UNTIL_CLOSE ? 'untilClose' : 'body';
    this.#sink.onAnswerHead(status, headers);
    if (length === 0) this.#finish();
  }

  #readBody(bytes: Buffer, at: number): number {
    const to = Math.min(bytes.length, at + this.#left);
    this.#left -= to - at;
    if (this.#state === 'chunk') {
      if (this.#left === 0) this.#state = 'chunkEnd';
      this.#gather(bytes, at, to);
      return to;
    }
    this.#sink.onAnswerData(Buffer.from(bytes.subarray(at, to)));
    if (this.#left === 0) this.#finish();
    return to;
  }

  /** Streams of small chunks cost far less when those that came together go on together. */
  #gather(bytes: Buffer, at: number, to: number): void {
    if (this.#gatheredTo === 0) this.#gatheredFrom = at;
    else bytes.copyWithin(this.#gatheredTo, at, to);
    this.#gatheredTo = this.#gatheredTo === 0 ? to : this.#gatheredTo + to - at;
  }

  #handOver(bytes: Buffer): void {
    const to = this.#gatheredTo;
    if (to === 0) return;
    this.#gatheredTo = 0;
    this.#sink.onAnswerData(Buffer.from(bytes.subarray(this.#gatheredFrom, to)));
  }

  #readLine(bytes: Buffer, at: number): number {
    const limit = this.#state === 'trailers' ? MAX_HEAD - this.#trailerBytes : MAX_CHUNK_LINE;
    const newline = bytes.indexOf(10, at);
    const to = newline === -1 ? bytes.length : newline + 1;
    if (this.#begun.length + to - at > limit) throw new MalformedAnswerError('a line of the body is too long');
    const text = this.#begun + bytes.toString('latin1', at, to);
    this.#begun = newline === -1 ? text : '';
    if (newline === -1) {
      // Only the end mark may follow a chunk; nothing else is waited for.
      if (this.#state === 'chunkEnd' && text !== '\r') throw new MalformedAnswerError('a chunk longer than its size');
      return to;
    }
    if (this.#state === 'chunkLine') this.#takeChunkLine(text);
    else if (this.#state === 'chunkEnd') {
      if (text !== '\r\n') throw new MalformedAnswerError('a chunk longer than its size');
      this.#state = 'chunkLine';
    } else this.#takeTrailer(text, bytes);
    return to;
  }

  #takeChunkLine(line: string): void {
    const size = CHUNK_LINE.exec(line)?.[1];
    if (size === undefined) throw new MalformedAnswerError('no size of a chunk');
    this.#left = Number.parseInt(size, 16);
    this.#trailerBytes = 0;
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
  }

  /** Trailers are looked at and dropped (RFC 9110 §6.5.1). */
  #takeTrailer(line: string, bytes: Buffer): void {
    if (line === '\r\n') {
      this.#handOver(bytes);
      return this.#finish();
    }
    if (!TRAILER_LINE.test(line)) throw new MalformedAnswerError('a malformed trailer');
    this.#trailerBytes += line.length;
  }

  #finish(): void {
    // Whoever hears of the last piece may have stopped listening.
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#sink.onAnswerEnd(this.#keepMs);
  }
}
