import { StringDecoder } from 'node:string_decoder';
import type { OperationEvents } from '@parley/llm/operations/operation';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { errorBody } from '../wire/error-body.ts';
import type { ReadStream, StreamForm } from './relay-stream.ts';

/** Where an event ends. */
const END = /\r?\n\r?\n/g;
const LONGEST_END = 4;

/** Events on their way through: whole ones pass, and the one that completes the answer waits for the record. */
class PassingStream implements ReadStream {
  readonly providerModel = null;
  readonly finishReason = null;
  sawOutput = false;
  readonly #events: OperationEvents;
  readonly #decoder = new StringDecoder('utf8');
  /** Of an event that has not ended yet. */
  readonly #begun: string[] = [];

  constructor(events: OperationEvents) {
    this.#events = events;
  }

  get state(): ReadStream['state'] {
    return this.#events.state;
  }

  get usage(): ReadStream['usage'] {
    return this.#events.usage;
  }

  get error(): ReadStream['error'] {
    return this.#events.error;
  }

  feed(bytes: Buffer): string {
    this.#events.feed(bytes);
    const text = this.#decoder.write(bytes);
    if (this.state !== 'open') {
      this.#begun.push(text);
      return '';
    }
    const whole = this.#wholeEvents(text);
    this.sawOutput ||= whole !== '';
    return whole;
  }

  end(): string {
    this.#events.end();
    return '';
  }

  /** What has come and was not handed on. */
  rest(): string {
    this.sawOutput = true;
    const text = this.#begun.join('');
    return /\n\r?\n$/.test(text) ? text : `${text}\n\n`;
  }

  output(): { text: string; droppedChars: number } {
    return { text: '', droppedChars: 0 };
  }

  #wholeEvents(text: string): string {
    // An end may be divided between two pieces.
    const before = (this.#begun.at(-1) ?? '').slice(1 - LONGEST_END);
    let end = -1;
    for (const found of (before + text).matchAll(END)) end = found.index + found[0].length - before.length;
    if (end <= 0) {
      this.#begun.push(text);
      return '';
    }
    const whole = this.#begun.join('') + text.slice(0, end);
    this.#begun.length = 0;
    this.#begun.push(text.slice(end));
    return whole;
  }
}

/** The form of an answer in events: as the provider wrote it, its end once the call is recorded. */
export function operationEvents(exchange: Exchange, ports: Ports, events: OperationEvents): StreamForm {
  const stream = new PassingStream(events);
  return {
    stream,
    piece: (text) => text,
    stopped: () => null,
    ending: () => stream.rest(),
    broken: (reason) => `event: error\ndata: ${errorBody(exchange, reason, ports.portalUrl).text}\n\n`,
  };
}
