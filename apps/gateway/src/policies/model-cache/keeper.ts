import type { AnswerView, Codec } from '@parley/llm/codec';
import { Collector } from '@parley/llm/neutral/collect';
import { codecOf } from '@parley/llm/ways';
import type { Place, ResponseCache } from '../../ports/cache/response-cache.ts';
import type { Entry } from '../cache/entry.ts';

/** Longest answer that is kept, in characters. */
const MAX_CHARS = 1_048_576;
/** Ends after which an answer is whole. */
const WHOLE = new Set(['stop', 'tool_calls']);

export interface KeepOptions {
  readonly cache: ResponseCache;
  readonly place: Place;
  readonly mark: string;
  readonly ttlSeconds: number;
  readonly view: AnswerView;
  readonly nowMs: () => number;
  /** Hears what was kept. */
  readonly kept: ((text: string) => void) | null;
}

/** Keeps the answer of one call, as its client gets it: whole ones as they are, streams as what they amount to. */
export class AnswerKeeper {
  readonly #options: KeepOptions;
  #text = '';
  #tooLong = false;

  constructor(options: KeepOptions) {
    this.#options = options;
  }

  /** A try begins to answer; what came of an earlier one is forgotten. */
  begin(): void {
    this.#text = '';
    this.#tooLong = false;
  }

  /** The next text of a stream, which goes on as it is. */
  took(text: string): string {
    if (this.#text.length + text.length > MAX_CHARS) this.#tooLong = true;
    else this.#text += text;
    return text;
  }

  /** The stream is complete with this, which goes on as it is. */
  ended(ending: string): string {
    this.took(ending);
    this.#keepStream();
    return ending;
  }

  #keepStream(): void {
    const codec: Codec | null = codecOf(this.#options.view.call.protocol);
    if (this.#tooLong || codec?.provider == null || codec.client === null) return;
    const collector = new Collector();
    const target = { model: this.#options.view.model, maxOutputTokens: null, quirks: {} };
    const reader = codec.provider.streamReader(collector, target);
    reader.feed(Buffer.from(this.#text));
    reader.end();
    const { answer } = collector;
    if (!collector.ended || !answer.choices.every(({ finish }) => WHOLE.has(finish?.reason ?? ''))) return;
    this.#store(codec.client.writeAnswer(answer, this.#options.view));
  }

  /** An answer that was not streamed. */
  whole(text: string, finishReason: string | null): void {
    if (text.length <= MAX_CHARS && WHOLE.has(finishReason ?? '')) this.#store(text);
  }

  #store(text: string): void {
    const { cache, place, mark, ttlSeconds, nowMs } = this.#options;
    const entry: Entry = {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(text),
      receivedAtMs: nowMs(),
      mark,
      lifetimeSeconds: ttlSeconds,
      initialAgeSeconds: 0,
      staleWhileRevalidateSeconds: 0,
      staleIfErrorSeconds: 0,
      alwaysAsk: false,
      neverStale: true,
    };
    cache.store(place, entry, []);
    this.#options.kept?.(text);
  }
}
