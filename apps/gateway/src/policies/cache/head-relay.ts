import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Refusal } from '../../refusals.ts';
import type { Relay } from '../../stages/relay.ts';

type OnHead = (status: number, headers: IncomingHttpHeaders) => IncomingHttpHeaders;

/** Carries an answer as it is, but for what is made of its head. */
export class HeadRelay implements Relay {
  readonly #inner: Relay;
  readonly #onHead: OnHead;

  constructor(inner: Relay, onHead: OnHead) {
    this.#inner = inner;
    this.#onHead = onHead;
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#inner.onHead(status, this.#onHead(status, headers));
  }

  onData(chunk: Buffer): void {
    this.#inner.onData(chunk);
  }

  onEnd(): void {
    this.#inner.onEnd();
  }

  onFail(code: RefusalCode, error: Error): void {
    this.#inner.onFail(code, error);
  }

  onBug(error: unknown): void {
    this.#inner.onBug(error);
  }

  noteUsage(): void {
    this.#inner.noteUsage();
  }

  brokenText(reason: Refusal): string | null {
    return this.#inner.brokenText(reason);
  }
}
