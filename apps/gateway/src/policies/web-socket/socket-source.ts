import type { EndpointSource } from '../../stage.ts';

/**
 * A route of WebSockets without what looks at answers: there is none to keep, to compare or to copy a call for. Every
 * other endpoint as it is.
 */
export function socketSource(source: EndpointSource): EndpointSource {
  const { webSocket, cache: _cache, idempotency: _keys, split, ...policies } = source.policies;
  if (webSocket === undefined) return source;
  const { mirror: _mirror, ...variants } = split ?? {};
  return { ...source, policies: { ...policies, webSocket, ...(split ? { split: variants as typeof split } : {}) } };
}
