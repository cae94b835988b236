import type { CachePolicy } from '@parley/contracts/policies/cache';
import { newId } from '@parley/kernel/id';
import { Exchange } from '../../exchange.ts';
import type { Fill } from '../../ports/cache/fills.ts';
import type { Found } from '../../ports/cache/response-cache.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Refusal } from '../../refusals.ts';
import type { RelayMaker } from '../../serving/answer.ts';
import type { Forward } from '../../serving/serving.ts';
import { refuse } from '../../stages/refuse.ts';
import type { Relay } from '../../stages/relay.ts';
import { CacheRelay } from './cache-relay.ts';
import { type CacheNote, withCacheStatus } from './cache-status.ts';
import { validatorsOf } from './conditional.ts';
import { HeadRelay } from './head-relay.ts';
import type { CacheRequest } from './request.ts';

/** A call the cache sends on: past it, or to fill it. */
export type Way =
  | { readonly kind: 'bypass' }
  | {
      readonly kind: 'fetch';
      readonly request: CacheRequest;
      readonly found: Found;
      readonly fill: Fill | null;
      readonly forced: boolean;
    };

/** The caller's own validators would get a 304 that cannot be stored; they are looked at when the answer is here. */
const CONDITIONS = new Set(['if-none-match', 'if-modified-since']);

function withoutConditions(headers: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    if (!CONDITIONS.has(headers[i] as string)) out.push(headers[i] as string, headers[i + 1] as string);
  }
  return out;
}

function forwardedFor({ found, forced }: Extract<Way, { kind: 'fetch' }>): NonNullable<CacheNote['forwarded']> {
  if (found.entry !== null) return forced ? 'request' : 'stale';
  return found.otherVariant ? 'vary-miss' : 'uri-miss';
}

interface Call {
  readonly exchange: Exchange;
  readonly ports: Ports;
  readonly policy: CachePolicy;
  readonly relayOf: RelayMaker;
  readonly forward: Forward;
}

/** Calls the upstream for a caller. */
export function fetchFor({ exchange, ports, policy, relayOf, forward }: Call, way: Way): Refusal | null {
  const inner = relayOf(exchange, ports);
  // An answer to HEAD has no body to keep.
  if (way.kind === 'bypass' || exchange.method === 'HEAD') {
    const forwarded = way.kind === 'bypass' ? 'bypass' : forwardedFor(way);
    return forward(exchange, ports, new HeadRelay(inner, (_, headers) => withCacheStatus(headers, { forwarded })));
  }
  return ask(exchange, ports, policy, { ...way, inner, forward });
}

/** Fetches a new answer behind the outdated one that the caller gets. Nobody waits for it; one at a time. */
export function fetchBehind(call: Omit<Call, 'relayOf'> & { readonly request: CacheRequest }, found: Found): void {
  const { exchange, ports, policy, request, forward } = call;
  const { primary } = request.place;
  if (ports.fills.running(primary)) return;
  // Of its own, and settled from birth: the caller's answer is not its business.
  const behind = new Exchange(newId(), performance.now(), exchange.request, exchange.response, false);
  const { tenant, api, version, rest, route, routeParams, caller, subject, plan, body, forwardHeaders } = exchange;
  const { upstream, variant, upstreamRequest } = exchange;
  Object.assign(behind, {
    tenant,
    api,
    version,
    rest,
    route,
    routeParams,
    caller,
    subject,
    plan,
    body,
    forwardHeaders,
    upstream,
    variant,
    upstreamRequest,
    settled: true,
  });
  const fill = ports.fills.begin(primary, ports.clock.nowMs());
  const unheard = { ...request, conditions: { ifNoneMatch: undefined, ifModifiedSince: undefined } };
  const inner = new UnheardRelay(ports);
  if (
    ask(behind, ports, policy, { request: unheard, found, fill, inner, forward, kind: 'fetch', forced: false }) !== null
  )
    fill.end('failed');
}

/** Sends the question, with the validators of what is stored. */
function ask(
  exchange: Exchange,
  ports: Ports,
  policy: CachePolicy,
  way: Extract<Way, { kind: 'fetch' }> & { readonly inner: Relay; readonly forward: Forward },
): Refusal | null {
  const { request, found, fill, inner, forward } = way;
  const original = exchange.upstreamRequest;
  const headers = withoutConditions(original?.headers ?? []);
  const send = (stored: Found['entry'], validators: readonly string[]): Refusal | null => {
    if (original !== null) exchange.upstreamRequest = { ...original, headers: [...headers, ...validators] };
    const again = (): void => {
      const refused = send(null, []);
      if (refused !== null) refuse(exchange, refused, ports);
    };
    const fetching = { request, policy, mark: found.mark, forwarded: forwardedFor(way), stored, fill, again };
    const relay = new CacheRelay(exchange, ports, inner, fetching);
    const refused = forward(exchange, ports, relay);
    return refused === null || relay.standsInFor() ? null : refused;
  };
  return send(found.entry, found.entry === null ? [] : validatorsOf(found.entry.headers));
}

/** The end of an answer that nobody hears. */
class UnheardRelay implements Relay {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  onHead(): void {}
  onData(): void {}
  onEnd(): void {}
  onFail(): void {}

  onBug(error: unknown): void {
    this.#ports.log.error('a cached answer could not be fetched anew', { error });
  }

  noteUsage(): void {}

  brokenText(): null {
    return null;
  }
}
