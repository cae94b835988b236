import type { EndpointSource } from '../../stage.ts';

/**
 * A route of WebSockets without what looks at answers: there is none to keep or to compare. Neither those calls nor ones that
 * become gRPC can be copied to a mirror. Every other endpoint as it is.
 */
export function socketSource(source: EndpointSource): EndpointSource {
  const { webSocket, grpc } = source.policies;
  if (webSocket === undefined && grpc === undefined) return source;
  const { cache, idempotency, split, ...policies } = source.policies;
  const { mirror: _mirror, ...variants } = split ?? {};
  return {
    ...source,
    policies: {
      ...policies,
      ...(split ? { split: variants as typeof split } : {}),
      ...(cache && !webSocket ? { cache } : {}),
      ...(idempotency && !webSocket ? { idempotency } : {}),
    },
  };
}
