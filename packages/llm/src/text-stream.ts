import type { ProviderCodec, StreamReader, Target } from './codec.ts';
import type { AnswerSink, Block } from './neutral/answer.ts';
import { NotedStream } from './noted-stream.ts';

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
export class TextStream extends NotedStream {
  readonly #text: FirstText;
  readonly #reader: StreamReader;

  constructor(from: ProviderCodec, target: Target) {
    const text = new FirstText();
    super(text);
    this.#text = text;
    this.#reader = from.streamReader(this.noted, target);
  }

  /** Takes the provider's next bytes; the text that is new. */
  feed(bytes: Buffer): string {
    if (this.noted.state === 'open') this.#reader.feed(bytes);
    return this.#take();
  }

  /** The provider's bytes ended. Without the protocol's end before it the state stays `open`. */
  end(): string {
    if (this.noted.state === 'open') this.#reader.end();
    return this.#take();
  }

  #take(): string {
    const text = this.#text.fresh;
    this.#text.fresh = '';
    return text;
  }
}
