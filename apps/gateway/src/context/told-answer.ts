import type { ClientCall, StreamReader } from '@parley/llm/codec';
import type { Turn as Message } from '@parley/llm/neutral/call';
import { Collector } from '@parley/llm/neutral/collect';
import { saidTurn } from '@parley/llm/neutral/said';
import { parseJson } from '@parley/llm/object';
import { codecOf } from '@parley/llm/ways';

/**
 * Reads what a client is told, in its own dialect, into the message it becomes (CP-3.5): after everything that changes answers on
 * their way, and whichever model, cache or second try they come from.
 */
export class ToldAnswer {
  readonly #call: ClientCall;
  readonly #collector = new Collector();
  readonly #reader: StreamReader | null;
  /** Of a stream that is no server-sent events: its pieces, for it is JSON once it has ended. */
  #array = '';
  #whole: Message | null = null;
  #chars = 0;

  constructor(call: ClientCall) {
    this.#call = call;
    const provider = codecOf(call.protocol)?.provider ?? null;
    const target = { model: call.model, maxOutputTokens: null, quirks: {} };
    this.#reader = call.stream ? (provider?.streamReader(this.#collector, target) ?? null) : null;
  }

  /** Characters it was given. */
  get chars(): number {
    return this.#chars;
  }

  /** A piece of a stream, as it is sent. */
  piece(text: string): void {
    this.#chars += text.length;
    if (this.#call.streamForm === 'json_array') this.#array += text;
    else this.#reader?.feed(Buffer.from(text));
  }

  /** A whole answer. */
  whole(text: string): void {
    const answer = codecOf(this.#call.protocol)?.provider?.readAnswer(text) ?? null;
    if (answer === null || !('choices' in answer)) return;
    this.#whole = saidTurn(answer);
  }

  /** The stream's last byte has gone. */
  end(): void {
    const items = this.#array === '' ? [] : parseJson(this.#array);
    if (Array.isArray(items)) {
      for (const item of items) this.#reader?.feed(Buffer.from(`data: ${JSON.stringify(item)}\n\n`));
    }
    this.#reader?.end();
  }

  /** What was said so far; `null` for nothing. */
  said(): Message | null {
    return this.#whole ?? saidTurn(this.#collector.answer);
  }

  /** The model came to its end. */
  get complete(): boolean {
    return this.#whole !== null || this.#collector.answer.choices[0]?.finish != null;
  }
}
