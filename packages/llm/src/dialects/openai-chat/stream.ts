import { type Edit, editObject } from '../../json-edit.ts';
import { SseOverflowError, SseSplitter, sseEvent } from '../../sse.ts';
import type { OpenAiError } from './errors.ts';
import { type ChatUsage, collectOutput, isObject, readUsage } from './usage.ts';

/**
 * `open`: more may come. `done`: the provider said `[DONE]`. `failed`: it sent an error or something that is no chunk.
 */
export type ChatStreamState = 'open' | 'done' | 'failed';

export interface ChatStreamOptions {
  /** The tenant's name of the model, shown to the client in every chunk. */
  readonly model: string;
  /** Take usage out of what the client sees: it did not ask for it. */
  readonly stripUsage: boolean;
}

/** Longest text of an answer kept for estimating its tokens; of longer ones only the length is known. */
const MAX_KEPT_CHARS = 1_048_576;

/**
 * A chat completion stream on its way from provider to client in the same dialect. `feed` takes provider bytes, in any
 * chunking, and gives the text for the client; usage, output text and the end are noted on the way.
 * `[DONE]` is never part of that text: the caller sends it when the call is settled.
 */
export class ChatStream {
  state: ChatStreamState = 'open';
  usage: ChatUsage | null = null;
  /** The model the provider says it used. */
  providerModel: string | null = null;
  /** A delta with text or a tool call has come. */
  sawOutput = false;
  finishReason: string | null = null;
  /** Chunks read so far. */
  chunks = 0;
  readonly #edits: readonly Edit[];
  readonly #withoutUsage: readonly Edit[];
  readonly #options: ChatStreamOptions;
  readonly #splitter: SseSplitter;
  readonly #output: string[] = [];
  #keptChars = 0;
  #droppedChars = 0;
  #out = '';
  #content = '';
  #id: string | null = null;
  #created: number | null = null;

  constructor(options: ChatStreamOptions) {
    this.#options = options;
    this.#edits = [{ key: 'model', value: JSON.stringify(options.model), add: false }];
    this.#withoutUsage = [...this.#edits, { key: 'usage', value: null, add: false }];
    this.#splitter = new SseSplitter({
      onEvent: (_name, data) => this.#event(data),
      onComment: (text) => {
        if (this.state === 'open') this.#out += `:${text}\n\n`;
      },
    });
  }

  /** Takes the next bytes of the provider and returns what goes to the client now (may be empty). */
  feed(bytes: Buffer): string {
    try {
      this.#splitter.feed(bytes);
    } catch (error) {
      if (!(error instanceof SseOverflowError)) throw error;
      this.state = 'failed';
    }
    return this.#take();
  }

  /** The provider's bytes ended; returns what was still held. Without `[DONE]` before it the state stays `open`. */
  end(): string {
    this.#splitter.end();
    return this.#take();
  }

  /** The chunk that ends a stream with an error, in protocol: top-level `error`, finish reason `error`, no `[DONE]`. */
  errorChunk(error: OpenAiError, fallbackId: string, nowMs: number): string {
    return sseEvent(
      '',
      JSON.stringify({
        id: this.#id ?? `chatcmpl-${fallbackId}`,
        object: 'chat.completion.chunk',
        created: this.#created ?? Math.floor(nowMs / 1000),
        model: this.#options.model,
        choices: [{ index: 0, delta: {}, finish_reason: 'error' }],
        error,
      }),
    );
  }

  /** Content of the first choice that has come since the last time. */
  takeContent(): string {
    const content = this.#content;
    this.#content = '';
    return content;
  }

  /** What the model has said so far, for an estimate; `droppedChars` more were not kept. */
  output(): { text: string; droppedChars: number } {
    return { text: this.#output.join(''), droppedChars: this.#droppedChars };
  }

  #take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  #event(data: string): void {
    if (this.state !== 'open') return;
    if (data === '[DONE]') {
      this.state = 'done';
      return;
    }
    let chunk: unknown;
    try {
      chunk = JSON.parse(data);
    } catch {
      chunk = null;
    }
    if (!isObject(chunk) || (chunk.error !== undefined && chunk.error !== null)) {
      this.state = 'failed';
      return;
    }
    this.chunks++;
    this.#note(chunk);
    if (!('usage' in chunk) || !this.#options.stripUsage) {
      this.#send(data, chunk.model === this.#options.model ? null : this.#edits);
    } else if (chunk.usage === null || !Array.isArray(chunk.choices) || chunk.choices.length > 0) {
      this.#send(data, this.#withoutUsage);
    }
  }

  #send(data: string, edits: readonly Edit[] | null): void {
    this.#out += sseEvent('', edits === null ? data : editObject(data, edits));
  }

  #note(chunk: Record<string, unknown>): void {
    if (this.#id === null && typeof chunk.id === 'string') this.#id = chunk.id;
    if (this.#created === null && typeof chunk.created === 'number') this.#created = chunk.created;
    if (this.providerModel === null && typeof chunk.model === 'string') this.providerModel = chunk.model;
    // Several providers send running totals on every chunk: the last one counts, they are never added up.
    if (chunk.usage) this.usage = readUsage(chunk.usage) ?? this.usage;
    if (!Array.isArray(chunk.choices)) return;
    for (const choice of chunk.choices) {
      if (!isObject(choice)) continue;
      if (typeof choice.finish_reason === 'string') this.finishReason = choice.finish_reason;
      const { delta } = choice;
      if (isObject(delta) && typeof delta.content === 'string' && (choice.index ?? 0) === 0) {
        this.#content += delta.content;
      }
      const texts: string[] = [];
      collectOutput(delta, texts);
      for (const text of texts) this.#keep(text);
    }
  }

  #keep(text: string): void {
    this.sawOutput = true;
    if (this.#keptChars + text.length > MAX_KEPT_CHARS) {
      this.#droppedChars += text.length;
      return;
    }
    this.#keptChars += text.length;
    this.#output.push(text);
  }
}

/** The end of a complete stream. */
export const DONE = sseEvent('', '[DONE]');
