import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Exchange } from '../exchange.ts';
import type { TryFailure } from '../models/failure.ts';
import type { ModelRelay } from '../models/try.ts';
import type { Ports } from '../ports/ports.ts';
import { cutFailure, nonsenseFailure, unreachedFailure } from './provider-failure.ts';
import { RestRelay } from './relay-rest.ts';
import { noteEstimatedUsage } from './usage.ts';

/** Headers that say what the bytes are; everything else a provider tells of itself stays here. */
const SHOWN = ['content-type', 'content-length'] as const;

/** Sound or plain text of a model, handed on as it comes; what was used is estimated, for such answers do not tell. */
export class BytesRelay implements ModelRelay {
  begun = false;
  status = 0;
  readonly #exchange: Exchange;
  readonly #failed: (failure: TryFailure) => void;
  readonly #bytes: RestRelay;

  constructor(exchange: Exchange, ports: Ports, failed: (failure: TryFailure) => void) {
    this.#exchange = exchange;
    this.#failed = failed;
    this.#bytes = new RestRelay(exchange, ports);
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.status = status;
    const shown: IncomingHttpHeaders = {};
    for (const name of SHOWN) if (headers[name] !== undefined) shown[name] = headers[name];
    shown['content-type'] ??= 'application/octet-stream';
    this.#bytes.onHead(200, shown);
  }

  onData(chunk: Buffer): void {
    this.begun = true;
    this.#bytes.onData(chunk);
  }

  onEnd(): void {
    if (!this.begun) return this.#failed(nonsenseFailure());
    this.noteUsage();
    this.#bytes.onEnd();
  }

  onFail(code: RefusalCode): void {
    if (!this.#exchange.headSent) {
      return this.#failed(code === 'upstream_timeout' ? unreachedFailure(code) : cutFailure());
    }
    this.noteUsage();
    this.#bytes.onFail(code);
  }

  onBug(error: unknown): void {
    this.#bytes.onBug(error);
  }

  noteUsage(): void {
    noteEstimatedUsage(this.#exchange, '');
  }

  brokenText(): null {
    return null;
  }
}
