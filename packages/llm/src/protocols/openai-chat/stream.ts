import type { AnswerStream, AnswerStreamState, AnswerView, ClientError, Target } from '../../codec.ts';
import { type Edit, editObject } from '../../json-edit.ts';
import type { ProviderError } from '../../neutral/answer.ts';
import { nonsense } from '../../neutral/failure.ts';
import { KeptOutput } from '../../neutral/kept-output.ts';
import type { Usage } from '../../neutral/usage.ts';
import { isObject, parseJson } from '../../object.ts';
import { SseOverflowError, SseSplitter, sseEvent } from '../../sse.ts';
import { errorObject, readErrorBody } from './errors.ts';
import { collectOutput, readUsage } from './usage.ts';

/**
 * A chat completion stream on its way from provider to client in the same protocol. `feed` takes provider bytes, in any
 * chunking, and gives the text for the client; usage, output text and the end are noted on the way.
 * `[DONE]` is never part of that text: it is the `ending`, sent when the call is settled.
 */
export class ChatStream implements AnswerStream {
  state: AnswerStreamState = 'open';
  usage: Usage | null = null;
  providerModel: string | null = null;
  sawOutput = false;
  finishReason: string | null = null;
  error: ProviderError | null = null;
  readonly #edits: readonly Edit[];
  readonly #withoutUsage: readonly Edit[];
  readonly #view: AnswerView;
  readonly #endsWithoutDone: boolean;
  readonly #splitter: SseSplitter;
  readonly #kept = new KeptOutput();
  #chunks = 0;
  #out = '';
  #id: string | null = null;
  #created: number | null = null;

  constructor(view: AnswerView, target: Target) {
    this.#view = view;
    this.#endsWithoutDone = target.quirks.done === false;
    this.#edits = [{ key: 'model', value: JSON.stringify(view.model), add: false }];
    this.#withoutUsage = [...this.#edits, { key: 'usage', value: null, add: false }];
    this.#splitter = new SseSplitter({
      onEvent: (_name, data) => this.#event(data),
      onComment: (text) => {
        if (this.state === 'open') this.#out += `:${text}\n\n`;
      },
    });
  }

  feed(bytes: Buffer): string {
    try {
      this.#splitter.feed(bytes);
    } catch (error) {
      if (!(error instanceof SseOverflowError)) throw error;
      this.#fail(nonsense('an event of the provider’s stream is too long'));
    }
    return this.#take();
  }

  end(): string {
    this.#splitter.end();
    if (this.state === 'open' && this.#endsWithoutDone && this.finishReason !== null) this.state = 'done';
    return this.#take();
  }

  ending(): string {
    return DONE;
  }

  /** The chunk that ends a stream with an error, in protocol: top-level `error`, finish reason `error`, no `[DONE]`. */
  broken(error: ClientError): string {
    return sseEvent(
      '',
      JSON.stringify({
        id: this.#id ?? `chatcmpl-${this.#view.id}`,
        object: 'chat.completion.chunk',
        created: this.#created ?? this.#view.createdS,
        model: this.#view.model,
        choices: [{ index: 0, delta: {}, finish_reason: 'error' }],
        error: errorObject(error),
      }),
    );
  }

  output(): { readonly text: string; readonly droppedChars: number } {
    return this.#kept.read();
  }

  #take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  #fail(error: ProviderError): void {
    this.state = 'failed';
    this.error = error;
  }

  #event(data: string): void {
    if (this.state !== 'open') return;
    if (data === '[DONE]') {
      if (this.#chunks === 0) this.#fail(nonsense('the provider’s stream holds no answer'));
      else this.state = 'done';
      return;
    }
    const chunk = parseJson(data);
    if (!isObject(chunk)) return this.#fail(nonsense('an event of the provider’s stream is no JSON object'));
    if (chunk.error !== undefined && chunk.error !== null) return this.#fail(readErrorBody(chunk, 502));
    this.#chunks++;
    this.#note(chunk);
    if (!('usage' in chunk) || this.#view.call.wantsUsage) {
      this.#send(data, chunk.model === this.#view.model ? null : this.#edits);
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
      const texts: string[] = [];
      collectOutput(choice.delta, texts);
      for (const text of texts) {
        this.sawOutput = true;
        this.#kept.add(text);
      }
    }
  }
}

/** The end of a complete stream. */
const DONE = sseEvent('', '[DONE]');
