import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Clock } from '@parley/kernel/clock';
import type { Receiver } from '../upstream/call.ts';
import type { KeyState } from './key-state.ts';
import { spentUntilMs } from './rate-headers.ts';

/** Passes an answer on, and notes what its head says of the key's budget: for keys there is a choice about. */
export class LimitWatch implements Receiver {
  readonly #to: Receiver;
  readonly #key: KeyState;
  readonly #clock: Clock;

  constructor(to: Receiver, key: KeyState, clock: Clock) {
    this.#to = to;
    this.#key = key;
    this.#clock = clock;
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    const until = spentUntilMs(headers, this.#clock.nowMs());
    if (until > 0) this.#key.spent(until);
    this.#to.onHead(status, headers);
  }

  onData(chunk: Buffer): void {
    this.#to.onData(chunk);
  }

  onEnd(): void {
    this.#to.onEnd();
  }

  onFail(code: RefusalCode, error: Error): void {
    this.#to.onFail(code, error);
  }

  onBug(error: unknown): void {
    this.#to.onBug(error);
  }
}
