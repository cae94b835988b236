import { type DataKey, sealBuffer } from '@parley/kernel/seal';
import type { Logger } from '@parley/telemetry/logger';
import type { Exchange } from '../exchange.ts';
import type { EventKeeper } from './kept-response.ts';
import type { StreamFacts, StreamStore } from './stream-store.ts';

/** Bytes of one answer that are kept. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Events of this time are kept together. */
const GATHER_MS = 20;
const GATHER_BYTES = 32_768;

export interface WriterOptions {
  readonly store: StreamStore;
  readonly exchange: Exchange;
  readonly facts: Omit<StreamFacts, 'contentType'>;
  readonly dataKey: DataKey;
  readonly aliveMs: number;
  readonly log: Logger;
  /** Its first event comes; it has ended. */
  readonly onBegin: (writer: StreamWriter) => void;
  readonly onEnd: (writer: StreamWriter) => void;
}

/** What a part of a stream is sealed for. */
export function partPurpose(id: string, last: number): string {
  return `kept_stream:${id}:${last}`;
}

/** Keeps the events of one answer, in order, a few together. What cannot be kept is not sent any less. */
export class StreamWriter implements EventKeeper {
  readonly exchange: Exchange;
  /** Since when nobody reads it (`performance.now()`); `null` while somebody does. */
  unreadSince: number | null = null;
  readonly #options: WriterOptions;
  #text = '';
  #last = 0;
  #bytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<unknown> = Promise.resolve();
  #broken = false;
  #over = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.exchange = options.exchange;
  }

  get id(): string {
    return this.#options.facts.id;
  }

  /** No more of it is kept: who takes it up again would miss something. */
  get isCut(): boolean {
    return this.#broken;
  }

  begin(contentType: string): void {
    const { store, facts, aliveMs, onBegin } = this.#options;
    this.#next(() => store.open({ ...facts, contentType }, aliveMs));
    onBegin(this);
  }

  keep(text: string, last: number): void {
    // Comments alone are not kept: nobody goes on from one.
    if (last === this.#last) return;
    this.#text += text;
    this.#last = last;
    this.#bytes += text.length;
    if (this.#bytes > MAX_BYTES) this.#broken = true;
    if (this.#text.length >= GATHER_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS).unref();
  }

  end(whole: boolean): void {
    if (this.#over) return;
    this.#over = true;
    const { store, facts, onEnd } = this.#options;
    this.#flush();
    this.#next(() => store.close(facts.id, whole && !this.#broken ? 'whole' : 'cut', facts.keepMs));
    onEnd(this);
  }

  /** Resolves when what was given is kept. */
  settled(): Promise<unknown> {
    return this.#writing;
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#text;
    const last = this.#last;
    this.#text = '';
    if (text === '' || this.#broken) return;
    const { store, facts, dataKey } = this.#options;
    this.#next(() => {
      const sealed = sealBuffer(dataKey, Buffer.from(text), partPurpose(facts.id, last));
      return store.append(facts.id, { last, sealed }, facts.keepMs);
    });
  }

  #next(write: () => Promise<unknown>): void {
    this.#writing = this.#writing.then(write).catch((error: unknown) => {
      if (!this.#broken) this.#options.log.warn('a stream cannot be kept', { error, requestId: this.id });
      this.#broken = true;
    });
  }
}
