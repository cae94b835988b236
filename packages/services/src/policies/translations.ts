import { mergePolicies, type Policies, type RoutePolicies } from '@parley/contracts/policies';
import { compileGraphql } from '@parley/domain/graphql/compile';
import { compileGrpc } from '@parley/domain/grpc/compile';
import { compileSoap } from '@parley/domain/soap/compile';
import type { EndpointShape } from '@parley/domain/translation/endpoint-shape';

interface RouteOf {
  readonly method: string;
  readonly path: string;
  readonly policies?: RoutePolicies | undefined;
}

interface Translation {
  readonly plan: Record<string, unknown>;
  readonly shape: EndpointShape;
}

/** What a route's calls are translated by, and how the endpoint looks then; `null` for a route served as it is. */
export function translationOf(version: Policies | undefined, route: RouteOf): Translation | null {
  const { graphql, soap, grpc } = mergePolicies(version ?? {}, route.policies);
  const compiled = graphql
    ? compileGraphql(graphql, route)
    : soap
      ? compileSoap(soap, route)
      : grpc
        ? compileGrpc(grpc, route)
        : [];
  return 'plan' in compiled ? compiled : null;
}

/** The plan that a gateway walks; without one for a policy that asks for it, it refuses the route's calls. */
export function planOf(version: Policies | undefined, route: RouteOf): Translation['plan'] | undefined {
  return translationOf(version, route)?.plan;
}

/** Long texts that gateways have no use for: what they need of them is in the plan. */
const LEFT_OUT: Readonly<Partial<Record<keyof Policies, readonly string[]>>> = {
  graphql: ['document', 'schema'],
  soap: ['wsdl'],
  grpc: ['protos'],
};

/** Policies as snapshots hold them. */
export function forGateways<Given extends Policies | RoutePolicies | undefined>(policies: Given): Given {
  if (!policies || !Object.keys(LEFT_OUT).some((kind) => Object.hasOwn(policies, kind))) return policies;
  const entries = Object.entries(policies).map(([kind, settings]) => {
    const names = LEFT_OUT[kind as keyof Policies];
    if (!names || !settings) return [kind, settings];
    const kept = Object.entries(settings).filter(([name]) => !names.includes(name));
    return [kind, Object.fromEntries(kept)];
  });
  return Object.fromEntries(entries) as Given;
}
