import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocketPolicy } from '@parley/contracts/policies/web-socket';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Exchange } from '../exchange.ts';
import type { TryFailure } from '../models/failure.ts';
import type { ModelRelay } from '../models/try.ts';
import type { CountMessage } from '../policies/web-socket/count-messages.ts';
import { realtimeProtocols } from '../policies/web-socket/handshake.ts';
import { openBridge, switchingHead } from '../policies/web-socket/open-bridge.ts';
import type { Ports } from '../ports/ports.ts';
import { endByBug } from '../stages/end-by-bug.ts';
import { nonsenseFailure, providerFailure, unreachedFailure } from '../stages/provider-failure.ts';
import type { UpstreamRequest } from '../upstream/call.ts';
import { onePlace } from '../upstream/target-choice.ts';
import { UpgradeCall, type UpgradeReceiver } from '../upstream/upgrade-call.ts';
import { RealtimeTalk } from './talk.ts';

const MAX_ERROR_BYTES = 65_536;

export interface Opening {
  readonly policy: WebSocketPolicy;
  /** Counts a response as a call. */
  readonly count: CountMessage;
}

/** Opens a session with a provider. Until it has switched to WebSocket another key or model may be tried. */
export class RealtimeRelay implements ModelRelay, UpgradeReceiver {
  begun = false;
  status = 0;
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  readonly #opening: Opening;
  readonly #failed: (failure: TryFailure) => void;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #headers: IncomingHttpHeaders = {};

  constructor(exchange: Exchange, ports: Ports, opening: Opening, failed: (failure: TryFailure) => void) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#opening = opening;
    this.#failed = failed;
  }

  callFor({ path, headers, timeouts }: UpstreamRequest): UpgradeCall {
    const { upstreams, deadlines } = this.#ports;
    const origin = this.#exchange.model?.provider?.origin ?? '';
    const handshake = { choice: onePlace(origin), suffix: path, headers, timeouts, upstreams, deadlines };
    return new UpgradeCall(this.#exchange, handshake, this);
  }

  onUpgrade(_headers: IncomingHttpHeaders, upstream: Socket): void {
    const exchange = this.#exchange;
    const { upgrade, caller, tenant } = exchange;
    this.begun = true;
    this.status = 101;
    if (exchange.settled || upgrade === null || caller === null || tenant === null) {
      upstream.destroy();
      return;
    }
    const talk = new RealtimeTalk(exchange, caller, this.#ports, this.#opening.count);
    const { policy } = this.#opening;
    const source = { exchange, ports: this.#ports, policy, count: null, upgrade, upstream, talk, onOver: () => {} };
    const { answer } = realtimeProtocols(exchange.request);
    openBridge(source, { application: caller.application, tenant }, switchingHead(exchange, {}, answer));
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.status = status;
    this.#headers = headers;
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= MAX_ERROR_BYTES) this.#chunks.push(chunk);
  }

  onEnd(): void {
    const text = Buffer.concat(this.#chunks).toString('utf8');
    const nowMs = this.#ports.clock.nowMs();
    // An answer that does not switch is no success, whatever it says.
    if (this.status < 400) this.#failed(nonsenseFailure());
    else this.#failed(providerFailure(this.#exchange, this.status, this.#headers, text, nowMs));
  }

  onFail(code: RefusalCode): void {
    this.#failed(code === 'upstream_invalid' ? nonsenseFailure() : unreachedFailure(code));
  }

  onBug(error: unknown): void {
    endByBug(this.#exchange, error, this.#ports);
  }

  /** What was used is recorded answer by answer. */
  noteUsage(): void {}

  brokenText(): null {
    return null;
  }
}
