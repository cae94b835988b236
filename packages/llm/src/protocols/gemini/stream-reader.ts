import type { AnswerSink } from '../../neutral/answer.ts';
import { parseExact } from '../../parse-exact.ts';
import { SseReader } from '../../sse-reader.ts';
import { errorIn } from './errors.ts';
import { isResponse, ResponseReader } from './read-answer.ts';

/**
 * Reads a stream with `alt=sse`. It has no marker of its own for its end: it is complete when its bytes end after every
 * candidate has named its finish reason.
 */
export class GeminiStreamReader extends SseReader {
  readonly #reader: ResponseReader;

  constructor(sink: AnswerSink) {
    super(sink);
    this.#reader = new ResponseReader(sink);
  }

  protected override onEnd(): void {
    this.over = true;
    if (this.#reader.end()) this.sink.end();
  }

  protected override onEvent(data: string): void {
    const body = parseExact(data);
    const error = errorIn(body, 502);
    if (error !== null) {
      this.failWith(error);
    } else if (!isResponse(body)) this.fail('an event of the stream is no response');
    else this.#reader.read(body);
  }
}
