import type { AnswerView, ClientError, Target } from '../../codec.ts';
import { type Edit, editObject } from '../../json-edit.ts';
import { nonsense } from '../../neutral/failure.ts';
import { isObject } from '../../object.ts';
import { PassingStream } from '../../passing-stream.ts';
import { sseEvent } from '../../sse.ts';
import { ChunkHead } from './chunk-head.ts';
import { errorObject, readErrorBody } from './errors.ts';
import { collectOutput, readUsage } from './usage.ts';

/**
 * A chat completion stream on its way from provider to client in the same protocol. `[DONE]` is never part of what passes: it is
 * the `ending`, sent when the call is settled.
 */
export class ChatStream extends PassingStream {
  readonly #edits: readonly Edit[];
  readonly #withoutUsage: readonly Edit[];
  readonly #endsWithoutDone: boolean;
  readonly #head: ChunkHead;
  #chunks = 0;
  #id: string | null = null;
  #created: number | null = null;

  constructor(view: AnswerView, target: Target) {
    super(view);
    this.#endsWithoutDone = target.quirks.done === false;
    this.#edits = [{ key: 'model', value: JSON.stringify(view.model), add: false }];
    this.#withoutUsage = [...this.#edits, { key: 'usage', value: null, add: false }];
    this.#head = new ChunkHead(view.model);
  }

  /** The chunk that ends a stream with an error, in protocol: top-level `error`, finish reason `error`, no `[DONE]`. */
  broken(error: ClientError): string {
    return sseEvent(
      '',
      JSON.stringify({
        id: this.#id ?? `chatcmpl-${this.view.id}`,
        object: 'chat.completion.chunk',
        created: this.#created ?? this.view.createdS,
        model: this.view.model,
        choices: [{ index: 0, delta: {}, finish_reason: 'error' }],
        error: errorObject(error),
      }),
    );
  }

  protected override onText(name: string, data: string): boolean {
    if (data !== DONE) return this.#passKnown(data);
    if (this.#chunks === 0) this.fail(nonsense('the provider’s stream holds no answer'));
    else this.complete(name, data);
    return true;
  }

  protected override onEnd(): void {
    if (this.#endsWithoutDone && this.finishReason !== null) this.complete('', DONE);
  }

  protected override onObject(_name: string, chunk: Readonly<Record<string, unknown>>, data: string): void {
    if (chunk.error !== undefined && chunk.error !== null) return this.fail(readErrorBody(chunk, 502));
    this.#chunks++;
    this.#note(chunk);
    this.#head.learn(data);
    if (!('usage' in chunk) || this.view.call.wantsUsage) {
      this.#send(data, chunk.model === this.view.model ? null : this.#edits);
    } else if (passesWithoutUsage(chunk)) this.#send(data, this.#withoutUsage);
  }

  /** A chunk that begins as the one before did: only what is new of it is read. */
  #passKnown(data: string): boolean {
    const tail = this.#head.tailOf(data);
    if (tail === null) return false;
    this.#chunks++;
    this.#note(tail.members);
    if (!('usage' in tail.members) || this.view.call.wantsUsage) this.pass('', this.#head.edited + tail.text);
    else if (passesWithoutUsage(tail.members)) this.pass('', this.#head.edited + tail.withoutUsage());
    return true;
  }

  #send(data: string, edits: readonly Edit[] | null): void {
    this.pass('', edits === null ? data : editObject(data, edits));
  }

  #note(chunk: Readonly<Record<string, unknown>>): void {
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
      for (const text of texts) this.keep(text);
    }
  }
}

/** A chunk of usage alone is not for clients that asked for none. */
function passesWithoutUsage({ usage, choices }: Readonly<Record<string, unknown>>): boolean {
  return usage === null || !Array.isArray(choices) || choices.length > 0;
}

/** Ends a complete stream. */
const DONE = '[DONE]';
