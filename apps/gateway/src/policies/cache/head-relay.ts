import type { IncomingHttpHeaders } from 'node:http';
import { PassingRelay } from '../../serving/passing-relay.ts';
import type { Relay } from '../../stages/relay.ts';

type OnHead = (status: number, headers: IncomingHttpHeaders) => IncomingHttpHeaders;

/** Carries an answer as it is, but for what is made of its head. */
export class HeadRelay extends PassingRelay {
  readonly #onHead: OnHead;

  constructor(inner: Relay, onHead: OnHead) {
    super(inner);
    this.#onHead = onHead;
  }

  override onHead(status: number, headers: IncomingHttpHeaders): void {
    this.next.onHead(status, this.#onHead(status, headers));
  }
}
