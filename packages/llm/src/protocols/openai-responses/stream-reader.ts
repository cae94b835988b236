import type { Block } from '../../neutral/answer.ts';
import { nonsense } from '../../neutral/failure.ts';
import { isObject, ownEntry, parseJson, textOf } from '../../object.ts';
import { SseReader } from '../../sse-reader.ts';
import { readErrorBody } from '../openai-chat/errors.ts';
import { readFailure, readFinish, thoughtsOf } from './read-answer.ts';
import { readProof } from './reasoning-id.ts';
import { readUsage } from './usage.ts';

type Members = Readonly<Record<string, unknown>>;

/** More items than this no answer has. */
const MAX_ITEMS = 10_000;

interface OpenBlock {
  readonly n: number;
  readonly kind: Block['kind'];
  said: boolean;
}

/** Kinds of content parts as blocks. */
const PARTS: Readonly<Record<string, 'text' | 'refusal'>> = { output_text: 'text', refusal: 'refusal' };

/** Reads a stream of the Responses API. Items are told apart by their place: their ids may change between events. */
export class ResponseStreamReader extends SseReader {
  /** Open blocks by item and content part. */
  readonly #blocks = new Map<string, OpenBlock>();
  #next = 0;
  #calledTools = false;
  #started = false;

  protected override onEvent(data: string): void {
    if (data === '[DONE]') return;
    const event = parseJson(data);
    if (!isObject(event)) return this.fail('an event of the provider’s stream is no JSON object');
    const place = typeof event.output_index === 'number' ? event.output_index : 0;
    const part = typeof event.content_index === 'number' ? event.content_index : 0;
    switch (event.type) {
      case 'response.created':
      case 'response.in_progress':
        return this.#start(event.response);
      case 'response.output_item.added':
        return this.#added(place, event.item);
      case 'response.content_part.added': {
        const kind = isObject(event.part) ? ownEntry(PARTS, textOf(event.part.type) ?? '') : undefined;
        if (kind !== undefined) this.#blockAt(`${place}:${part}`, { kind, text: '' });
        return;
      }
      case 'response.output_text.delta':
        return this.#say(this.#blockAt(`${place}:${part}`, { kind: 'text', text: '' }), event.delta);
      case 'response.refusal.delta':
        return this.#say(this.#blockAt(`${place}:${part}`, { kind: 'refusal', text: '' }), event.delta);
      case 'response.output_text.done':
        return this.#done(`${place}:${part}`, { kind: 'text', text: '' }, event.text);
      case 'response.refusal.done':
        return this.#done(`${place}:${part}`, { kind: 'refusal', text: '' }, event.refusal);
      case 'response.function_call_arguments.delta':
        return this.#say(this.#blocks.get(`${place}:call`) ?? null, event.delta);
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.#say(this.#blockAt(`${place}:thoughts`, { kind: 'reasoning', text: '' }), event.delta);
      case 'response.reasoning_summary_part.added': {
        const thoughts = this.#blocks.get(`${place}:thoughts`);
        if (thoughts?.said) this.sink.delta(thoughts.n, '\n\n');
        return;
      }
      case 'response.output_item.done':
        return this.#itemDone(place, event.item);
      case 'response.completed':
      case 'response.incomplete':
        return this.#finish(event.response);
      case 'response.failed':
        return this.failWith(isObject(event.response) ? readFailure(event.response) : nonsense('the provider gave up'));
      case 'error':
        return this.failWith(readErrorBody(isObject(event.error) ? event : { error: event }, 502));
      default:
        if (event.type === undefined && event.error) this.fail('the provider broke off with an error');
    }
  }

  #start(response: unknown): void {
    if (this.#started) return;
    this.#started = true;
    const given = isObject(response) ? response : {};
    this.sink.start(textOf(given.id) ?? null, textOf(given.model) ?? null);
  }

  #blockAt(key: string, block: Block): OpenBlock | null {
    const known = this.#blocks.get(key);
    if (known !== undefined) return known;
    if (this.#next >= MAX_ITEMS) return null;
    this.#start(null);
    const open: OpenBlock = { n: this.#next++, kind: block.kind, said: false };
    this.#blocks.set(key, open);
    this.sink.open(open.n, 0, block);
    return open;
  }

  #say(block: OpenBlock | null, text: unknown): void {
    if (block === null || typeof text !== 'string' || text === '') return;
    block.said = true;
    this.sink.delta(block.n, text);
  }

  /** Some upstreams send the whole text only here. */
  #done(key: string, block: Block, text: unknown): void {
    const open = this.#blockAt(key, block);
    if (open === null) return;
    if (!open.said) this.#say(open, text);
    this.#close(key);
  }

  #close(key: string): void {
    const block = this.#blocks.get(key);
    if (block === undefined) return;
    this.#blocks.delete(key);
    this.sink.close(block.n);
  }

  #added(place: number, item: unknown): void {
    if (!isObject(item)) return;
    if (item.type === 'function_call') {
      const id = textOf(item.call_id) ?? textOf(item.id) ?? `call_${place}`;
      this.#calledTools = true;
      this.#blockAt(`${place}:call`, { kind: 'tool_call', id, name: textOf(item.name) ?? '', text: '' });
    }
  }

  #itemDone(place: number, item: unknown): void {
    if (!isObject(item)) return;
    if (item.type === 'function_call') {
      this.#added(place, item);
      const call = this.#blocks.get(`${place}:call`) ?? null;
      if (call !== null && !call.said) this.#say(call, textOf(item.arguments) || '{}');
      this.#close(`${place}:call`);
    } else if (item.type === 'reasoning') this.#thoughtsDone(place, item);
    else if (item.type === 'message') this.#messageDone(place, item);
  }

  #thoughtsDone(place: number, item: Members): void {
    const key = `${place}:thoughts`;
    const encrypted = textOf(item.encrypted_content);
    const text = thoughtsOf(item);
    const known = this.#blocks.get(key);
    if (known === undefined && text === '' && encrypted === undefined) return;
    const block = this.#blockAt(key, { kind: 'reasoning', text: '', ...(text === '' ? { redacted: true } : {}) });
    if (block === null) return;
    if (!block.said) this.#say(block, text);
    if (encrypted !== undefined) this.sink.proof(block.n, readProof(textOf(item.id), encrypted));
    this.#close(key);
  }

  /** Closes what the message's own events left open. */
  #messageDone(place: number, item: Members): void {
    const parts = Array.isArray(item.content) ? item.content.length : 0;
    for (let i = 0; i < Math.min(parts, MAX_ITEMS); i++) this.#close(`${place}:${i}`);
  }

  #finish(response: unknown): void {
    if (!isObject(response)) return this.fail('the provider’s last event holds no response');
    this.#start(response);
    for (const key of this.#blocks.keys()) this.#close(key);
    const usage = readUsage(response.usage);
    this.sink.finish(0, readFinish(response, this.#calledTools));
    if (usage !== null) this.sink.usage(usage);
    this.complete();
  }
}
