import { z } from 'zod';
import { backgroundPolicy } from './policies/background.ts';
import { batchesPolicy } from './policies/batches.ts';
import { bodyLogPolicy } from './policies/body-log.ts';
import { brownOutsPolicy } from './policies/brown-outs.ts';
import { cachePolicy } from './policies/cache.ts';
import { callersPolicy } from './policies/callers.ts';
import { composePolicy } from './policies/compose.ts';
import { contractPolicy } from './policies/contract.ts';
import { deliverPolicy } from './policies/deliver.ts';
import { experimentPolicy, promptLabelsPolicy } from './policies/experiment.ts';
import { graphqlPolicy } from './policies/graphql.ts';
import { grpcPolicy } from './policies/grpc.ts';
import { guardrailsPolicy } from './policies/guardrails.ts';
import { idempotencyPolicy } from './policies/idempotency.ts';
import { inboundPolicy } from './policies/inbound.ts';
import { ipAccessPolicy } from './policies/ip-access.ts';
import { knowledgePolicy } from './policies/knowledge.ts';
import { limitsPolicy } from './policies/limits.ts';
import { modelCachePolicy } from './policies/model-cache.ts';
import { modelRoutingPolicy } from './policies/model-routing.ts';
import { priorityPolicy } from './policies/priority.ts';
import { resumableStreamsPolicy } from './policies/resumable-streams.ts';
import { shieldPolicy } from './policies/shield.ts';
import { soapPolicy } from './policies/soap.ts';
import { splitPolicy } from './policies/split.ts';
import { transformPolicy } from './policies/transform.ts';
import { webSocketPolicy } from './policies/web-socket.ts';

/**
 * Every policy an API version, or one of its routes, can have: by the name that YAML, the management API and the snapshot
 * use. One more policy is a file in `policies/`, a line here, a folder in the gateway, and in domain a sentence, words and
 * a group. Its form is made from its shape; what a type does not say stands in `.meta()`: `refersTo: 'upstream'` for a
 * short name, `format: 'code'` for an expression or document, `unit: 'basisPoints'` for a share.
 */
export const POLICIES = {
  callers: callersPolicy,
  inbound: inboundPolicy,
  ipAccess: ipAccessPolicy,
  limits: limitsPolicy,
  priority: priorityPolicy,
  cache: cachePolicy,
  idempotency: idempotencyPolicy,
  shield: shieldPolicy,
  guardrails: guardrailsPolicy,
  brownOuts: brownOutsPolicy,
  contract: contractPolicy,
  split: splitPolicy,
  deliver: deliverPolicy,
  webSocket: webSocketPolicy,
  graphql: graphqlPolicy,
  grpc: grpcPolicy,
  transform: transformPolicy,
  compose: composePolicy,
  soap: soapPolicy,
  modelRouting: modelRoutingPolicy,
  modelCache: modelCachePolicy,
  knowledge: knowledgePolicy,
  background: backgroundPolicy,
  resumableStreams: resumableStreamsPolicy,
  batches: batchesPolicy,
  promptLabels: promptLabelsPolicy,
  experiment: experimentPolicy,
  bodyLog: bodyLogPolicy,
} as const;

export type PolicyKind = keyof typeof POLICIES;

/** A version's policies; what is absent does not apply. */
export const policiesSchema = z.strictObject(POLICIES).partial();
export type Policies = z.output<typeof policiesSchema>;
export type PoliciesInput = z.input<typeof policiesSchema>;

type OrNull<Shapes extends Readonly<Record<string, z.ZodType>>> = {
  [Kind in keyof Shapes]: z.ZodOptional<z.ZodNullable<Shapes[Kind]>>;
};

/** A route's policies: each takes the place of the version's policy of that name; `null` switches it off here. */
export const routePoliciesSchema = z.strictObject(
  Object.fromEntries(Object.entries(POLICIES).map(([kind, schema]) => [kind, schema.nullable().optional()])) as OrNull<
    typeof POLICIES
  >,
);
export type RoutePolicies = z.output<typeof routePoliciesSchema>;
export type RoutePoliciesInput = z.input<typeof routePoliciesSchema>;

/** Policies of which a route may change a part: a field it leaves out stays the version's. */
const BY_FIELD: readonly PolicyKind[] = ['callers', 'graphql', 'soap', 'grpc'];

/** What holds on a route: the version's policies with the route's laid over them. */
export function mergePolicies(version: Policies, route: RoutePolicies | undefined): Policies {
  if (!route) return version;
  const merged: Record<string, unknown> = { ...version, ...route };
  for (const kind of BY_FIELD) if (route[kind]) merged[kind] = { ...version[kind], ...route[kind] };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value != null)) as Policies;
}

/**
 * Names in a snapshot that this release does not know. A gateway must not serve an API whose policies it cannot keep, so
 * it refuses such a version until it is updated.
 */
export function unknownPolicies(policies: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(policies).filter((kind) => !Object.hasOwn(POLICIES, kind));
}
