import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import type { Refusal } from '../refusals.ts';
import type { EndpointSource, Stage } from '../stage.ts';
import { buildRest } from '../stages/build-rest.ts';
import type { Relay } from '../stages/relay.ts';
import { start } from '../stages/start-call.ts';
import { WAYS } from './ways.ts';

/**
 * Makes the call, and tells `relay` what comes back as if a REST upstream had answered: head, pieces, end or failure.
 * Refuses at once or never: what goes wrong later is a failure told to the relay.
 */
export type Forward = (exchange: Exchange, ports: Ports, relay: Relay) => Refusal | null;

/** How an endpoint's answers are had: by calling its upstream as it is, or by a policy that answers in its place. */
export interface Serving {
  /**
   * Prepares the call and refuses what cannot be made into one, before it is counted. Sets `exchange.upstreamRequest`
   * where something is sent to one upstream: mirrors and the cache look at it. It tells the dry run of its policy.
   */
  readonly build: Stage;
  /** Sets `exchange.relay` and `exchange.call`, and `exchange.upstreamReached` once something may have been done. */
  readonly forward: Forward;
}

const UPSTREAM: Serving = { build: buildRest, forward: start };

/** How an endpoint is served; chosen when its configuration is loaded. At most one policy answers for a route. */
export function servingOf(source: EndpointSource): Serving {
  for (const way of WAYS) {
    const serving = way(source);
    if (serving !== null) return serving;
  }
  return UPSTREAM;
}
