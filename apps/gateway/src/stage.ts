import type { Policies } from '@parley/contracts/policies';
import type { ApiVersionSnapshot, RouteSnapshot } from '@parley/contracts/snapshot';
import type { Exchange } from './exchange.ts';
import type { Ports } from './ports/ports.ts';
import type { Refusal } from './refusals.ts';
import type { CompiledModel, CompiledUpstream, EndpointApi } from './snapshot/compiled.ts';

/**
 * Advances the exchange (`null`) or ends it with a refusal; a promise only where something has to be waited for. A stage
 * calls no other stage and never throws for what a caller, an upstream or a configuration can cause.
 */
export type Stage = (exchange: Exchange, ports: Ports) => Refusal | null | Promise<Refusal | null>;

/** What a call to one endpoint goes through, first to last; made when its configuration is loaded. */
export type Chain = readonly Stage[];

/** What an endpoint's chain is made from. */
export interface EndpointSource {
  /** The publisher's. */
  readonly tenantId: string;
  readonly api: EndpointApi;
  /** Its routes may be those of an earlier document: chains outlive changes of other routes. */
  readonly version: ApiVersionSnapshot;
  /** Of a REST API's endpoint. */
  readonly route: RouteSnapshot | null;
  /** The version's policies with the route's laid over them. */
  readonly policies: Policies;
  /** The publisher's upstreams by short name. */
  readonly upstreams: ReadonlyMap<string, CompiledUpstream>;
  /** The publisher's models by short name: what policies ask on their own behalf. */
  readonly models: ReadonlyMap<string, CompiledModel>;
  /** Names of policies this release cannot keep: every call is refused. */
  readonly unkept: readonly string[];
}

/** Joins stages; `null` stands for a policy the endpoint does not have, and costs a call nothing. */
export function chain(...stages: readonly (Stage | null)[]): Chain {
  return stages.filter((stage) => stage !== null);
}
