import type { StreamReader } from './codec.ts';
import type { AnswerSink, ProviderError } from './neutral/answer.ts';
import { nonsense } from './neutral/failure.ts';
import { SseOverflowError, SseSplitter } from './sse.ts';

/** Reads a stream of server-sent events into a sink: what all protocols have in common that are streamed so. */
export abstract class SseReader implements StreamReader {
  protected readonly sink: AnswerSink;
  /** The answer is complete, or has failed: nothing more is read. */
  protected over = false;
  readonly #splitter: SseSplitter;

  constructor(sink: AnswerSink) {
    this.sink = sink;
    const onEvent = (_name: string, data: string): void => {
      if (!this.over) this.onEvent(data);
    };
    this.#splitter = new SseSplitter({ onEvent, onComment: () => {} });
  }

  feed(bytes: Buffer): void {
    if (this.over) return;
    try {
      this.#splitter.feed(bytes);
    } catch (error) {
      this.#overflow(error);
    }
  }

  end(): void {
    if (this.over) return;
    try {
      this.#splitter.end();
    } catch (error) {
      this.#overflow(error);
    }
    if (!this.over) this.onEnd();
  }

  protected abstract onEvent(data: string): void;

  /** The bytes ended, and the answer was not over. */
  protected onEnd(): void {}

  protected complete(): void {
    this.over = true;
    this.sink.end();
  }

  protected failWith(error: ProviderError): void {
    this.over = true;
    this.sink.fail(error);
  }

  /** What came is not of the protocol. */
  protected fail(message: string): void {
    this.failWith(nonsense(message));
  }

  #overflow(error: unknown): void {
    if (!(error instanceof SseOverflowError)) throw error;
    this.fail('an event of the provider’s stream is too long');
  }
}
