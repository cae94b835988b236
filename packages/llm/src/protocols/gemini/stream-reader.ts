import type { StreamReader } from '../../codec.ts';
import type { AnswerSink } from '../../neutral/answer.ts';
import { nonsense } from '../../neutral/failure.ts';
import { parseExact } from '../../parse-exact.ts';
import { SseOverflowError, SseSplitter } from '../../sse.ts';
import { errorIn } from './errors.ts';
import { isResponse, ResponseReader } from './read-answer.ts';

/**
 * Reads a stream with `alt=sse`. It has no marker of its own for its end: it is complete when its bytes end after every
 * candidate has named its finish reason.
 */
export class GeminiStreamReader implements StreamReader {
  readonly #sink: AnswerSink;
  readonly #reader: ResponseReader;
  readonly #splitter: SseSplitter;
  #over = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
    this.#reader = new ResponseReader(sink);
    this.#splitter = new SseSplitter({ onEvent: (_name, data) => this.#event(data), onComment: () => {} });
  }

  feed(bytes: Buffer): void {
    this.#split(() => this.#splitter.feed(bytes));
  }

  end(): void {
    this.#split(() => this.#splitter.end());
    if (this.#over) return;
    this.#over = true;
    if (this.#reader.end()) this.#sink.end();
  }

  #split(step: () => void): void {
    if (this.#over) return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof SseOverflowError)) throw error;
      this.#fail('an event of the stream is too long');
    }
  }

  #fail(message: string): void {
    this.#over = true;
    this.#sink.fail(nonsense(message));
  }

  #event(data: string): void {
    if (this.#over) return;
    const body = parseExact(data);
    const error = errorIn(body, 502);
    if (error !== null) {
      this.#over = true;
      this.#sink.fail(error);
    } else if (!isResponse(body)) this.#fail('an event of the stream is no response');
    else this.#reader.read(body);
  }
}
