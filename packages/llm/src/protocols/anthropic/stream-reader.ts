import { nonsense } from '../../neutral/failure.ts';
import { isObject, parseJson, textOf } from '../../object.ts';
import { SseReader } from '../../sse-reader.ts';
import { readErrorObject } from './errors.ts';
import { readFinish } from './finish.ts';
import { blockProof, blockText, openBlock } from './read-answer.ts';
import { UsageReader } from './usage.ts';

type Members = Readonly<Record<string, unknown>>;

interface OpenBlock {
  /** Its number in the sink. */
  readonly n: number;
  readonly type: unknown;
  /** A tool's call with no arguments yet. */
  empty: boolean;
  /** `input` of its opening: some compatible providers give all of it there. */
  readonly atOpening: string;
}

/** Reads the events of a Messages stream, those of compatible providers included that leave some out. */
export class MessageStreamReader extends SseReader {
  readonly #usage = new UsageReader();
  readonly #open = new Map<unknown, OpenBlock>();
  #next = 0;
  #started = false;
  #finished = false;
  #calls = 0;
  #unwrapped = 0;

  protected override onEvent(data: string): void {
    const event = parseJson(data);
    if (!isObject(event)) return this.fail('an event of the provider’s stream is no JSON object');
    switch (event.type) {
      case 'content_block_delta':
        return this.#delta(event);
      case 'content_block_start':
        return this.#openBlock(event);
      case 'content_block_stop':
        return this.#close(event.index);
      case 'message_start':
        return this.#start(event.message);
      case 'message_delta':
        return this.#messageDelta(event);
      case 'message_stop':
        return this.#stop();
      case 'error':
        return this.#error(event);
      default:
        // Errors of compatible providers have no type; pings and what is yet to come pass over.
        if (event.type === undefined && event.error !== undefined) this.#error(event);
    }
  }

  #start(message: unknown): void {
    if (this.#started) return;
    this.#started = true;
    const given = isObject(message) ? message : {};
    this.sink.start(textOf(given.id) ?? null, textOf(given.model) ?? null);
    this.#tellUsage(given.usage);
  }

  #openBlock(event: Members): void {
    this.#start(null);
    const block = event.content_block;
    if (!isObject(block)) return this.fail('a block of the provider’s stream is no object');
    if (this.#open.has(event.index)) this.#close(event.index);
    const opened = openBlock(block);
    const n = this.#next++;
    const isCall = block.type === 'tool_use';
    if (isCall) {
      if (opened.kind === 'tool_call') {
        if (opened.name === '') return this.fail('a tool call of the provider has no name');
      } else this.#unwrapped++;
      this.#calls++;
    }
    const atOpening = isCall ? blockText(block, null) : '';
    this.#open.set(event.index, { n, type: block.type, empty: true, atOpening });
    this.sink.open(n, 0, opened);
    const text = isCall ? '' : blockText(block, null);
    if (text !== '') this.sink.delta(n, text);
    const value = opened.kind === 'reasoning' ? blockProof(block) : undefined;
    if (value !== undefined) this.sink.proof(n, { protocol: 'anthropic', value });
  }

  #delta(event: Members): void {
    const open = this.#open.get(event.index);
    const { delta } = event;
    if (open === undefined || !isObject(delta)) return;
    const text = textOf(delta.text) ?? textOf(delta.thinking) ?? textOf(delta.partial_json);
    if (text !== undefined) {
      if (text === '') return;
      open.empty = false;
      return this.sink.delta(open.n, text);
    }
    const { signature } = delta;
    if (open.type === 'thinking' && typeof signature === 'string' && signature !== '') {
      this.sink.proof(open.n, { protocol: 'anthropic', value: signature });
    }
  }

  #close(index: unknown): void {
    const open = this.#open.get(index);
    if (open === undefined) return;
    this.#open.delete(index);
    if (open.type === 'tool_use' && open.empty) this.sink.delta(open.n, open.atOpening);
    this.sink.close(open.n);
  }

  #messageDelta(event: Members): void {
    this.#start(null);
    this.#tellUsage(event.usage);
    const delta = isObject(event.delta) ? event.delta : {};
    const raw = textOf(delta.stop_reason);
    if (raw === undefined || this.#finished) return;
    this.#finished = true;
    for (const index of this.#open.keys()) this.#close(index);
    this.sink.finish(0, readFinish(raw, delta.stop_sequence, this.#calls > 0 && this.#calls === this.#unwrapped));
  }

  #stop(): void {
    if (!this.#started) return this.fail('the provider’s stream holds no answer');
    for (const index of this.#open.keys()) this.#close(index);
    this.complete();
  }

  #tellUsage(given: unknown): void {
    const usage = this.#usage.read(given);
    if (usage !== null) this.sink.usage(usage);
  }

  #error(event: Members): void {
    this.failWith(readErrorObject(event, null) ?? nonsense('the provider broke off with an error'));
  }
}
