import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import { newId } from '@parley/kernel/id';
import { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import type { CompiledUpstream } from '../snapshot/compiled.ts';
import { BalancedCall } from './balanced-call.ts';
import { type Receiver, UpstreamCall, type UpstreamRequest } from './call.ts';
import type { RunningCall } from './running-call.ts';

/** An answer in whole, or the refusal that the call amounts to. */
export type Collected =
  | { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }
  | { readonly failed: RefusalCode };

export interface CollectedRequest {
  readonly upstream: CompiledUpstream;
  readonly method: string;
  /** Below the path of the upstream's base URL. */
  readonly path: string;
  /** Flat names and values, the upstream's credential not among them. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  /** Shortens the upstream's own time-outs, never lengthens them. */
  readonly withinMs: number;
  readonly maxBytes: number;
}

/** The exchange of a call made on behalf of another: settled from birth, for the caller's answer is not its business. */
function behalfOf(exchange: Exchange, upstream: CompiledUpstream): Exchange {
  const own = new Exchange(newId(), performance.now(), exchange.request, exchange.response, false);
  const { tenant, api, version, rest, route, routeParams, caller, subject, scopes, party, plan } = exchange;
  Object.assign(own, {
    tenant,
    api,
    version,
    rest,
    route,
    routeParams,
    caller,
    subject,
    scopes,
    party,
    plan,
    upstream,
  });
  own.settled = true;
  return own;
}

function requestTo(
  { upstream, method, path, headers, body, withinMs }: CollectedRequest,
  ports: Ports,
): UpstreamRequest {
  const [authHeader] = upstream.authHeaders;
  const sent: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] !== authHeader) sent.push(headers[at] as string, headers[at + 1] as string);
  }
  const { connectMs, headersMs, totalMs } = upstream.timeouts;
  return {
    pool: ports.upstreams.pool(upstream.origin, connectMs),
    group: ports.groups.of(upstream),
    method,
    path: upstream.basePath + path,
    headers: [...sent, ...upstream.authHeaders],
    body,
    timeouts: { connectMs, headersMs: Math.min(headersMs, withinMs), totalMs: Math.min(totalMs, withinMs) },
  };
}

/**
 * One call to a configured upstream on behalf of another call, its answer collected within bounds: with the upstream's
 * credential, time-outs, balancing, breaker and retries, each as for any call.
 */
export class CollectedCall implements Receiver {
  readonly #behalf: Exchange;
  readonly #maxBytes: number;
  readonly #pieces: Buffer[] = [];
  #size = 0;
  #head: { readonly status: number; readonly headers: IncomingHttpHeaders } | null = null;
  #running: RunningCall | null = null;
  #resolve: ((collected: Collected) => void) | null = null;

  constructor(exchange: Exchange, request: CollectedRequest) {
    this.#behalf = behalfOf(exchange, request.upstream);
    this.#maxBytes = request.maxBytes;
  }

  /** Tries made so far, and whether something may have arrived. */
  get attempts(): number {
    return this.#behalf.attempts;
  }

  get reached(): boolean {
    return this.#behalf.upstreamReached;
  }

  /** Makes the call, once. Rejects for a defect of ours only. */
  send(given: CollectedRequest, ports: Ports): Promise<Collected> {
    const request = requestTo(given, ports);
    this.#behalf.upstreamRequest = request;
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (request.group === null) {
        const call = new UpstreamCall(this.#behalf, request, this, ports.deadlines);
        this.#running = call;
        call.start();
        return;
      }
      const balanced = new BalancedCall(this.#behalf, request, request.group, this, ports.deadlines);
      this.#running = balanced;
      const refused = balanced.start();
      if (refused !== null) this.#end({ failed: refused.code });
    });
  }

  /** Ends it from our side. */
  abort(): void {
    this.#running?.abort();
    this.#end({ failed: 'client_closed' });
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#head = { status, headers };
  }

  onData(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= this.#maxBytes) {
      this.#pieces.push(chunk);
      return;
    }
    this.#running?.abort();
    this.#end({ failed: 'answer_too_large' });
  }

  onEnd(): void {
    this.#end(
      this.#head === null ? { failed: 'upstream_invalid' } : { ...this.#head, body: Buffer.concat(this.#pieces) },
    );
  }

  onFail(code: RefusalCode): void {
    this.#end({ failed: code });
  }

  onBug(): void {
    this.#end({ failed: 'internal' });
  }

  #end(collected: Collected): void {
    this.#pieces.length = 0;
    this.#resolve?.(collected);
    this.#resolve = null;
  }
}
