import type { ProviderError } from '../neutral/answer.ts';
import { nonsense } from '../neutral/failure.ts';
import { isObject, parseJson, textOf } from '../object.ts';
import { SseOverflowError, SseSplitter } from '../sse.ts';
import type { OperationEvents } from './operation.ts';
import { imageUsage } from './passing.ts';
import { type OperationUsage, readOpenAiUsage } from './usage.ts';

/** Events after which nothing follows: `speech.audio.done`, `transcript.text.done`, `image_generation.completed`. */
const LAST = /^(?:speech\.audio\.done|transcript\.text\.done|image_(?:generation|edit)\.completed)$/;
/** A picture in one event. */
const MAX_EVENT_CHARS = 67_108_864;

/** Events of OpenAI's images, speech and transcripts, noted while they pass. */
export class PassedEvents implements OperationEvents {
  state: 'open' | 'done' | 'failed' = 'open';
  usage: OperationUsage | null = null;
  error: ProviderError | null = null;
  readonly #splitter = new SseSplitter(
    { onEvent: (_name, data) => this.#event(data), onComment: () => {} },
    MAX_EVENT_CHARS,
  );
  readonly #readError: (text: string, status: number) => ProviderError | null;

  constructor(readError: (text: string, status: number) => ProviderError | null) {
    this.#readError = readError;
  }

  feed(bytes: Buffer): void {
    this.#split(() => this.#splitter.feed(bytes));
  }

  end(): void {
    this.#split(() => this.#splitter.end());
  }

  #split(step: () => void): void {
    if (this.state === 'failed') return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof SseOverflowError)) throw error;
      this.#fail(nonsense('an event of the stream is too long'));
    }
  }

  #fail(error: ProviderError): void {
    this.state = 'failed';
    this.error = error;
  }

  #event(data: string): void {
    if (this.state === 'failed') return;
    if (data === '[DONE]') {
      this.state = 'done';
      return;
    }
    const event = parseJson(data);
    if (!isObject(event)) return this.#fail(nonsense('an event of the stream is no JSON'));
    if (event.type === 'error' || isObject(event.error)) {
      return this.#fail(this.#readError(data, 502) ?? nonsense('the provider ended the stream with an error'));
    }
    const type = textOf(event.type) ?? '';
    const usage = readOpenAiUsage(event.usage);
    this.usage = (type.startsWith('image_') ? imageUsage(event, usage) : usage) ?? this.usage;
    if (LAST.test(type)) this.state = 'done';
  }
}
