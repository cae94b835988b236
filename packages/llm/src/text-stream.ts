import type { AnswerStreamState, ProviderCodec, StreamReader, Target } from './codec.ts';
import type { AnswerSink, Block, ProviderError } from './neutral/answer.ts';
import { NotedAnswer } from './neutral/noted.ts';
import type { Usage } from './neutral/usage.ts';

/** Keeps the text of the first choice. */
class FirstText implements AnswerSink {
  fresh = '';
  readonly #texts = new Set<number>();

  start(): void {}
  open(n: number, choice: number, block: Block): void {
    if (choice === 0 && block.kind === 'text') this.#texts.add(n);
  }
  delta(n: number, text: string): void {
    if (this.#texts.has(n)) this.fresh += text;
  }
  proof(): void {}
  close(): void {}
  finish(): void {}
  usage(): void {}
  end(): void {}
  fail(): void {}
}

/** A provider's stream as nothing but the text its model says: for prompts, whose callers speak no model protocol. */
export class TextStream {
  readonly #text = new FirstText();
  readonly #noted = new NotedAnswer(this.#text);
  readonly #reader: StreamReader;

  constructor(from: ProviderCodec, target: Target) {
    this.#reader = from.streamReader(this.#noted, target);
  }

  get state(): AnswerStreamState {
    return this.#noted.state;
  }

  get usage(): Usage | null {
    return this.#noted.lastUsage;
  }

  get providerModel(): string | null {
    return this.#noted.providerModel;
  }

  get sawOutput(): boolean {
    return this.#noted.sawOutput;
  }

  get finishReason(): string | null {
    return this.#noted.finishReason;
  }

  get error(): ProviderError | null {
    return this.#noted.error;
  }

  /** Takes the provider's next bytes; the text that is new. */
  feed(bytes: Buffer): string {
    if (this.#noted.state === 'open') this.#reader.feed(bytes);
    return this.#take();
  }

  /** The provider's bytes ended. Without the protocol's end before it the state stays `open`. */
  end(): string {
    if (this.#noted.state === 'open') this.#reader.end();
    return this.#take();
  }

  output(): { readonly text: string; readonly droppedChars: number } {
    return this.#noted.kept.read();
  }

  #take(): string {
    const text = this.#text.fresh;
    this.#text.fresh = '';
    return text;
  }
}
