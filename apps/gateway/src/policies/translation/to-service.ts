import type { Exchange } from '../../exchange.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import { chooseUpstream, fillPath } from '../../stages/build-rest.ts';

/** Headers of the caller that are about its own body and the form of the answer it wants, which both are made here. */
const OWN = new Set([
  'accept',
  'accept-encoding',
  'content-digest',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-md5',
  'content-type',
  'digest',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
  'repr-digest',
  'soapaction',
  'want-digest',
]);

/**
 * Prepares a POST with a body of ours to a call's upstream: at the route's path there, or at its base URL itself. `headers`
 * are flat names and values, the content type among them.
 */
export function toService(
  exchange: Exchange,
  ports: Ports,
  { headers, body }: { readonly headers: readonly string[]; readonly body: Buffer },
): Refusal | null {
  const { route } = exchange;
  dropOwn(exchange.forwardHeaders);
  const upstream = chooseUpstream(exchange);
  if (route === null || upstream === null) return refusal('provider_unconfigured');
  const path = route.upstreamPath === null ? '' : fillPath(route.upstreamPath, exchange);
  exchange.forwardHeaders.push(...headers, 'accept-encoding', 'identity');
  exchange.upstreamRequest = {
    pool: ports.upstreams.pool(upstream.origin, upstream.timeouts.connectMs),
    group: ports.groups.of(upstream),
    method: 'POST',
    path: upstream.basePath + path || '/',
    headers: exchange.forwardHeaders,
    body,
    timeouts: upstream.timeouts,
  };
  return null;
}

function dropOwn(headers: string[]): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) if (OWN.has(headers[i] as string)) headers.splice(i, 2);
}
