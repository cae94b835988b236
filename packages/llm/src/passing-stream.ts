import type { AnswerStream, AnswerStreamState, AnswerView, ClientError } from './codec.ts';
import type { ProviderError } from './neutral/answer.ts';
import { nonsense } from './neutral/failure.ts';
import { KeptOutput } from './neutral/kept-output.ts';
import type { Usage } from './neutral/usage.ts';
import { isObject, parseJson } from './object.ts';
import { SseOverflowError, SseSplitter, sseEvent } from './sse.ts';

/**
 * A stream of server-sent events on its way to a client of the same protocol: events pass as they came but for what must
 * change, usage, output and the end are noted. What completes it is kept back until the call is settled.
 */
export abstract class PassingStream implements AnswerStream {
  state: AnswerStreamState = 'open';
  usage: Usage | null = null;
  providerModel: string | null = null;
  sawOutput = false;
  finishReason: string | null = null;
  error: ProviderError | null = null;
  protected readonly view: AnswerView;
  readonly #splitter: SseSplitter;
  readonly #kept = new KeptOutput();
  #out = '';
  #ending = '';

  constructor(view: AnswerView) {
    this.view = view;
    this.#splitter = new SseSplitter({
      onEvent: (name, data) => this.#event(name, data),
      onComment: (text) => {
        if (this.state === 'open') this.#out += `:${text}\n\n`;
      },
    });
  }

  feed(bytes: Buffer): string {
    try {
      this.#splitter.feed(bytes);
    } catch (error) {
      this.#overflow(error);
    }
    return this.#take();
  }

  end(): string {
    try {
      this.#splitter.end();
    } catch (error) {
      this.#overflow(error);
    }
    if (this.state === 'open') this.onEnd();
    return this.#take();
  }

  ending(): string {
    return this.#ending;
  }

  abstract broken(error: ClientError): string;

  output(): { readonly text: string; readonly droppedChars: number } {
    return this.#kept.read();
  }

  /** Takes an event by its text alone, where that says enough; true where it did. */
  protected onText(_name: string, _data: string): boolean {
    return false;
  }

  protected abstract onObject(name: string, event: Readonly<Record<string, unknown>>, data: string): void;

  /** The bytes ended without the protocol’s end. */
  protected onEnd(): void {}

  protected pass(name: string, data: string): void {
    this.#out += sseEvent(name, data);
  }

  /** The provider has said that the answer is complete, with this event. */
  protected complete(name: string, data: string): void {
    this.state = 'done';
    this.#ending = sseEvent(name, data);
  }

  protected fail(error: ProviderError): void {
    this.state = 'failed';
    this.error = error;
  }

  /** Notes something the model has said. */
  protected keep(text: unknown): void {
    if (typeof text !== 'string' || text === '') return;
    this.sawOutput = true;
    this.#kept.add(text);
  }

  #event(name: string, data: string): void {
    if (this.state !== 'open' || this.onText(name, data)) return;
    const event = parseJson(data);
    if (isObject(event)) this.onObject(name, event, data);
    else this.fail(nonsense('an event of the provider’s stream is no JSON object'));
  }

  #overflow(error: unknown): void {
    if (!(error instanceof SseOverflowError)) throw error;
    this.fail(nonsense('an event of the provider’s stream is too long'));
  }

  #take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }
}
