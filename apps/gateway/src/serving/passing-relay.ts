import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Refusal } from '../refusals.ts';
import type { Relay } from '../stages/relay.ts';

/** Hands everything on to the next relay: what something on the way does not change, it need not say. */
export class PassingRelay implements Relay {
  protected readonly next: Relay;

  constructor(next: Relay) {
    this.next = next;
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.next.onHead(status, headers);
  }

  onData(chunk: Buffer): void {
    this.next.onData(chunk);
  }

  onEnd(): void {
    this.next.onEnd();
  }

  onFail(code: RefusalCode, error: Error): void {
    this.next.onFail(code, error);
  }

  onBug(error: unknown): void {
    this.next.onBug(error);
  }

  noteUsage(): void {
    this.next.noteUsage();
  }

  brokenText(reason: Refusal): string | null {
    return this.next.brokenText(reason);
  }
}
