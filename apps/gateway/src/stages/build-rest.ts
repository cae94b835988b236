import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { CompiledRoute, CompiledUpstream } from '../snapshot/compiled.ts';
import { collectBody, hasBody, PassingBody, tooLarge } from '../wire/body.ts';
import { refuse } from './refuse.ts';

/** Bodies up to this size are read before the upstream is called; larger ones pass through as they come. */
const SMALL_BODY = 65_536;

/** A route's path at its upstream, the caller's parameters in it. */
export function fillPath(upstreamPath: readonly (string | number)[], exchange: Exchange): string {
  let path = '';
  for (const part of upstreamPath) path += typeof part === 'string' ? part : (exchange.routeParams[part] ?? '');
  return path;
}

/** The path at the upstream, below the path of its base URL. */
export function pathAt(route: CompiledRoute, exchange: Exchange): string {
  if (route.upstreamPath === null) return exchange.rest === '' ? '/' : exchange.rest;
  return fillPath(route.upstreamPath, exchange);
}

/** The upstream of a call, put into the exchange, its credential among the headers that travel on; `null` without a good one. */
export function chooseUpstream(exchange: Exchange): CompiledUpstream | null {
  const upstream = exchange.upstream ?? exchange.route?.upstream ?? null;
  if (upstream === null || upstream.broken) return null;
  exchange.upstream = upstream;
  const headers = exchange.forwardHeaders;
  const [authHeader, authValue] = upstream.authHeaders;
  if (authHeader !== undefined && authValue !== undefined) {
    for (let i = headers.length - 2; i >= 0; i -= 2) if (headers[i] === authHeader) headers.splice(i, 2);
    headers.push(authHeader, authValue);
  }
  return upstream;
}

function build(exchange: Exchange, ports: Ports, body: Buffer | PassingBody | null): Refusal | null {
  const route = exchange.route;
  const upstream = chooseUpstream(exchange);
  if (route === null || upstream === null) return refusal('provider_unconfigured');
  const headers = exchange.forwardHeaders;
  if (body instanceof PassingBody && exchange.contentLength > 0) {
    headers.push('content-length', String(exchange.contentLength));
  }
  exchange.upstreamRequest = {
    pool: ports.upstreams.pool(upstream.origin, upstream.timeouts.connectMs),
    group: ports.groups.of(upstream),
    method: exchange.method,
    path: upstream.basePath + pathAt(route, exchange) + exchange.query,
    headers,
    body,
    timeouts: upstream.timeouts,
  };
  return null;
}

/** Prepares the call to a REST upstream: path, headers with the upstream's own credential, body in whole or passing. */
export function buildRest(exchange: Exchange, ports: Ports): Refusal | null | Promise<Refusal | null> {
  if (exchange.body !== null) return build(exchange, ports, exchange.body);
  const maxBytes = exchange.api?.maxBodyBytes ?? 0;
  if (!hasBody(exchange)) return build(exchange, ports, null);
  if (exchange.contentLength > maxBytes) return tooLarge(maxBytes);
  if (exchange.chunked || exchange.contentLength > SMALL_BODY) {
    const onTooLarge = (): void => refuse(exchange, tooLarge(maxBytes), ports);
    return build(exchange, ports, new PassingBody(exchange, maxBytes, onTooLarge));
  }
  return collectBody(exchange, maxBytes).then((body) =>
    body instanceof Refusal ? body : build(exchange, ports, body),
  );
}
