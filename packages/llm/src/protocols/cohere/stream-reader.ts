import type { Block } from '../../neutral/answer.ts';
import { nonsense } from '../../neutral/failure.ts';
import { isObject, parseJson, textOf } from '../../object.ts';
import { SseReader } from '../../sse-reader.ts';
import { failure } from './errors.ts';
import { failedAnswer } from './read-answer.ts';
import { readFinish, readUsage } from './usage.ts';
import { PLAN, THINKING } from './write-messages.ts';

type Json = Readonly<Record<string, unknown>>;
/** Kinds of blocks as Cohere tells them apart; only one is open at a time. */
type Kind = 'plan' | 'thinking' | 'text' | 'tool_call';

const NOTHING: Json = {};

function member(object: Json, name: string): Json {
  const value = object[name];
  return isObject(value) ? value : NOTHING;
}

/** Reads a stream of `POST /v2/chat`: events of a type each, ended by `message-end`. */
export class CohereStreamReader extends SseReader {
  #blocks = 0;
  #open: { readonly n: number; readonly kind: Kind; empty: boolean } | null = null;

  protected override onEvent(data: string): void {
    if (data === '[DONE]') return;
    const event = parseJson(data);
    if (!isObject(event) || (event.type === undefined && event.message === undefined)) {
      this.failWith(nonsense('an event of the stream is none of Cohere’s'));
      return;
    }
    if (event.type === undefined) {
      this.failWith(failure((textOf(event.message) ?? '').slice(0, 2000), 502));
      return;
    }
    const delta = member(event, 'delta');
    const message = member(delta, 'message');
    switch (event.type) {
      case 'message-start':
        return this.sink.start(textOf(event.id) ?? null, null);
      case 'tool-plan-delta':
        return this.#text('plan', textOf(message.tool_plan));
      case 'content-start':
        this.#close();
        return this.#content(member(message, 'content'));
      case 'content-delta':
        return this.#content(member(message, 'content'));
      case 'tool-call-start':
        return this.#call(member(message, 'tool_calls'));
      case 'tool-call-delta':
        return this.#arguments(member(member(message, 'tool_calls'), 'function').arguments);
      case 'content-end':
      case 'tool-call-end':
        return this.#close();
      case 'message-end':
        return this.#end(delta);
      default:
    }
  }

  #content(content: Json): void {
    const thinking = textOf(content.thinking);
    if (thinking !== undefined) this.#text('thinking', thinking);
    else this.#text('text', textOf(content.text));
  }

  #text(kind: 'plan' | 'thinking' | 'text', text: string | undefined): void {
    if (text === undefined || text === '') return;
    if (this.#open?.kind !== kind)
      this.#begin(kind, kind === 'text' ? { kind, text: '' } : { kind: 'reasoning', text: '' });
    this.sink.delta((this.#open as { n: number }).n, text);
  }

  #begin(kind: Kind, block: Block): void {
    this.#close();
    this.#open = { n: this.#blocks++, kind, empty: true };
    this.sink.open(this.#open.n, 0, block);
  }

  #call(call: Json): void {
    const { name, arguments: args } = member(call, 'function');
    if (typeof name !== 'string') return;
    this.#begin('tool_call', { kind: 'tool_call', id: textOf(call.id) ?? `call_${this.#blocks}`, name, text: '' });
    this.#arguments(args);
  }

  #arguments(text: unknown): void {
    if (this.#open?.kind !== 'tool_call' || typeof text !== 'string' || text === '') return;
    this.#open.empty = false;
    this.sink.delta(this.#open.n, text);
  }

  #close(): void {
    if (this.#open === null) return;
    const { n, kind, empty } = this.#open;
    this.#open = null;
    if (kind === 'tool_call' && empty) this.sink.delta(n, '{}');
    if (kind === 'plan' || kind === 'thinking') {
      this.sink.proof(n, { protocol: 'cohere', value: kind === 'plan' ? PLAN : THINKING });
    }
    this.sink.close(n);
  }

  #end(delta: Json): void {
    this.over = true;
    this.#close();
    const usage = readUsage(delta.usage);
    if (usage !== null) this.sink.usage(usage);
    const raw = textOf(delta.finish_reason) ?? 'COMPLETE';
    const reason = readFinish(raw);
    if (reason === null) return this.sink.fail(failedAnswer(raw, delta.error));
    this.sink.finish(0, { reason, raw });
    this.sink.end();
  }
}
