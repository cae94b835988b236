import type { StreamReader } from '../../codec.ts';
import type { AnswerSink, Block, BlockKind } from '../../neutral/answer.ts';
import { nonsense } from '../../neutral/failure.ts';
import { isObject, parseJson, textOf } from '../../object.ts';
import { exceptionError } from './errors.ts';
import { type EventMessage, EventStreamError, EventStreamSplitter } from './event-stream.ts';
import { readFinish } from './finish.ts';
import { openCall, thoughtProof } from './read-answer.ts';
import { readUsage } from './usage.ts';

type Members = Readonly<Record<string, unknown>>;

interface OpenBlock {
  readonly n: number;
  readonly kind: BlockKind;
  readonly isCall: boolean;
  empty: boolean;
}

/** Reads the events of ConverseStream. Text and thoughts may come without an opening; usage comes after the message's end. */
export class ConverseStreamReader implements StreamReader {
  readonly #sink: AnswerSink;
  readonly #splitter: EventStreamSplitter;
  readonly #open = new Map<unknown, OpenBlock>();
  #next = 0;
  #calls = 0;
  #unwrapped = 0;
  #started = false;
  #stopped = false;
  #over = false;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
    this.#splitter = new EventStreamSplitter((message) => this.#message(message));
  }

  feed(bytes: Buffer): void {
    if (this.#over) return;
    try {
      this.#splitter.feed(bytes);
    } catch (error) {
      if (!(error instanceof EventStreamError)) throw error;
      this.#fail(`the provider’s stream is broken: ${error.message}`);
    }
  }

  /** The message ended, and the usage that should follow it never came: the answer is whole all the same. */
  end(): void {
    if (!this.#over && this.#stopped && this.#splitter.isEmpty) this.#done();
  }

  #message({ headers, payload }: EventMessage): void {
    if (this.#over) return;
    const body = parseJson(payload.toString('utf8'));
    const type = headers.get(':message-type');
    if (type === 'exception' || type === 'error') {
      const name = headers.get(':exception-type') ?? headers.get(':error-code') ?? 'unknown';
      const message = headers.get(':error-message');
      this.#over = true;
      return this.#sink.fail(exceptionError(name, message === undefined ? body : { message }));
    }
    if (!isObject(body)) return this.#fail('an event of the provider’s stream is no JSON object');
    const event = headers.get(':event-type');
    if (event === 'messageStart') this.#start();
    else if (event === 'contentBlockStart') this.#openBlock(body);
    else if (event === 'contentBlockDelta') this.#delta(body);
    else if (event === 'contentBlockStop') this.#close(body.contentBlockIndex);
    else if (event === 'messageStop') this.#messageStop(body);
    else if (event === 'metadata') this.#metadata(body);
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#sink.start(null, null);
  }

  #begin(index: unknown, block: Block, isCall = false): OpenBlock {
    this.#start();
    if (this.#open.has(index)) this.#close(index);
    const open: OpenBlock = { n: this.#next++, kind: block.kind, isCall, empty: true };
    this.#open.set(index, open);
    this.#sink.open(open.n, 0, block);
    return open;
  }

  #openBlock({ contentBlockIndex, start }: Members): void {
    if (!isObject(start)) return;
    if (isObject(start.toolUse)) {
      const block = openCall(start.toolUse);
      if (block.kind === 'tool_call' && block.name === '') return this.#fail('a tool call of the provider has no name');
      if (block.kind === 'text') this.#unwrapped++;
      this.#calls++;
      this.#begin(contentBlockIndex, block, block.kind !== 'other');
    } else if (isObject(start.image)) {
      const mediaType = `image/${textOf(start.image.format) ?? 'png'}`;
      this.#begin(contentBlockIndex, { kind: 'image', mediaType, text: '' });
    }
  }

  #delta({ contentBlockIndex, delta }: Members): void {
    if (!isObject(delta)) return;
    if (typeof delta.text === 'string') this.#text(contentBlockIndex, { kind: 'text', text: '' }, delta.text);
    else if (isObject(delta.toolUse)) this.#more(contentBlockIndex, delta.toolUse.input);
    else if (isObject(delta.reasoningContent)) this.#thought(contentBlockIndex, delta.reasoningContent);
    else if (isObject(delta.image) && isObject(delta.image.source)) {
      this.#more(contentBlockIndex, delta.image.source.bytes);
    }
  }

  /** More of a block of this kind; another one is opened where there is none. */
  #text(index: unknown, block: Block, text: string): void {
    const open = this.#open.get(index);
    const own = open?.kind === block.kind ? open : this.#begin(index, block);
    if (text === '') return;
    own.empty = false;
    this.#sink.delta(own.n, text);
  }

  #more(index: unknown, text: unknown): void {
    const open = this.#open.get(index);
    if (open === undefined || typeof text !== 'string' || text === '') return;
    open.empty = false;
    this.#sink.delta(open.n, text);
  }

  #thought(index: unknown, thought: Members): void {
    if (typeof thought.text === 'string') return this.#text(index, { kind: 'reasoning', text: '' }, thought.text);
    const redacted = thought.redactedContent !== undefined;
    const proof = thoughtProof(redacted ? thought.redactedContent : thought.signature);
    if (proof === undefined) return;
    const block: Block = { kind: 'reasoning', text: '', ...(redacted ? { redacted } : {}) };
    const open = this.#open.get(index);
    const own = open?.kind === 'reasoning' && !redacted ? open : this.#begin(index, block);
    this.#sink.proof(own.n, proof);
  }

  #close(index: unknown): void {
    const open = this.#open.get(index);
    if (open === undefined) return;
    this.#open.delete(index);
    if (open.isCall && open.empty) this.#sink.delta(open.n, '{}');
    this.#sink.close(open.n);
  }

  #messageStop({ stopReason, additionalModelResponseFields }: Members): void {
    if (this.#stopped) return;
    this.#start();
    this.#stopped = true;
    for (const index of this.#open.keys()) this.#close(index);
    const unwrapped = this.#calls > 0 && this.#calls === this.#unwrapped;
    this.#sink.finish(0, readFinish(textOf(stopReason) ?? 'end_turn', unwrapped, additionalModelResponseFields));
  }

  #metadata({ usage }: Members): void {
    const told = readUsage(usage);
    if (told !== null) this.#sink.usage(told);
    if (this.#stopped) this.#done();
  }

  #done(): void {
    this.#over = true;
    this.#sink.end();
  }

  #fail(message: string): void {
    this.#over = true;
    this.#sink.fail(nonsense(message));
  }
}
