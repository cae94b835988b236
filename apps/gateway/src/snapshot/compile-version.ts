import type { ApiVersionSnapshot, RouteSnapshot } from '@parley/contracts/snapshot';
import { USUAL_BATCHES } from '../batches/batch-rules.ts';
import { aliasModels } from '../models/routing.ts';
import {
  apiBatchesCall,
  apiChatCall,
  apiCountCall,
  apiJobsCall,
  apiModelsCall,
  apiOperationCall,
  apiRealtimeCall,
  apiSecretCall,
  choosingCall,
  chosenRestCall,
  lostCall,
  openChatCall,
  openCountCall,
  openOperationCall,
  openRealtimeCall,
  openSecretCall,
  promptCall,
  restCall,
} from '../pipeline.ts';
import { endpointPolicies } from '../policies/endpoint-policies.ts';
import { HEAD } from '../routing/call-facts.ts';
import { type RouteCondition, routeCondition } from '../routing/route-condition.ts';
import type { Chain, EndpointSource } from '../stage.ts';
import { cachesAnywhere } from './api-facts.ts';
import { compileOffer, compileOthers } from './compile-prompt.ts';
import { compileRoute } from './compile-route.ts';
import type {
  CompiledModel,
  CompiledParts,
  CompiledRoute,
  CompiledTarget,
  CompiledVersion,
  EndpointApi,
} from './compiled.ts';
import { RouteTable } from './route-table.ts';

/** A route with the condition it stands under. */
interface KeptRoute {
  readonly compiled: CompiledRoute;
  readonly holds: RouteCondition | null;
}

/** A compiled version and what its next compilation takes over. */
export interface KeptVersion {
  readonly doc: ApiVersionSnapshot;
  /** Of the version as a whole; its chains and its routes' are made from this. */
  readonly source: EndpointSource;
  readonly compiled: CompiledVersion;
  readonly rest: KeptRest | null;
}

/** Of a REST version: its routes' documents, what was made of each, and the table of them all. */
interface KeptRest {
  readonly docs: readonly RouteSnapshot[];
  readonly routes: readonly KeptRoute[];
  readonly table: RouteTable<CompiledRoute>;
}

const STEP = 16;
const UNCHANGED_STEP = 1000;

function endpointSource(of: Omit<EndpointSource, 'policies' | 'unkept'>): EndpointSource {
  return { ...of, ...endpointPolicies(of.version, of.route) };
}

/** Such a route asks for its own credentials even after another policy has found who calls. */
function knowsCallersItself({ policies }: RouteSnapshot): boolean {
  return policies?.['callers'] !== undefined || policies?.['inbound'] !== undefined;
}

function keepRoute(route: RouteSnapshot, source: EndpointSource, parts: CompiledParts): KeptRoute {
  const upstream = parts.upstreams.get(route.upstreamId) ?? null;
  const { holds, unreadable } = routeCondition(route);
  const endpoint = (): EndpointSource => {
    const own = endpointSource({ ...source, route });
    return unreadable ? { ...own, unkept: [...own.unkept, 'match'] } : own;
  };
  const chain = (): Chain => restCall(endpoint());
  const chosen = knowsCallersItself(route) ? chain : () => chosenRestCall(endpoint());
  return { compiled: compileRoute(route, upstream, { chain, chosen }), holds };
}

/** Whether two routes are found by the same calls. */
function sameAddress(a: RouteSnapshot | undefined, b: RouteSnapshot | undefined): boolean {
  if (a === b) return true;
  if (a?.method !== b?.method || a?.path !== b?.path) return false;
  return (a?.match ?? null) === (b?.match ?? null) || JSON.stringify(a?.match) === JSON.stringify(b?.match);
}

/** Routes that changed without becoming others: the tree of addresses stays. */
function* replaceRoutes(
  docs: readonly RouteSnapshot[],
  source: EndpointSource,
  parts: CompiledParts,
  before: KeptRest,
): Generator<void, KeptRest> {
  const routes: KeptRoute[] = [];
  for (const [at, doc] of docs.entries()) {
    const known = doc === before.docs[at] ? before.routes[at] : undefined;
    routes.push(known ?? keepRoute(doc, source, parts));
    if (known === undefined || at % UNCHANGED_STEP === 0) yield;
  }
  return { docs, routes, table: before.table.withValues(routes.map(({ compiled }) => compiled)) };
}

/** A table of all routes; those known from before keep what has been made for them. */
function* compileRoutes(
  docs: readonly RouteSnapshot[],
  source: EndpointSource,
  parts: CompiledParts,
  before: KeptRest | null,
): Generator<void, KeptRest> {
  if (before?.docs.length === docs.length && docs.every((doc, at) => sameAddress(doc, before.docs[at]))) {
    return yield* replaceRoutes(docs, source, parts, before);
  }
  const known = new Map(before?.docs.map((doc, at) => [doc, before.routes[at]]));
  const table = new RouteTable<CompiledRoute>();
  const routes: KeptRoute[] = [];
  for (const [at, doc] of docs.entries()) {
    const kept = known.get(doc) ?? keepRoute(doc, source, parts);
    routes.push(kept);
    table.add(doc.method, doc.path, kept.compiled, kept.holds);
    if (at % STEP === 0) yield;
  }
  return { docs, routes, table };
}

/** Models by the names callers use: the version's routing may put names of its own in their place. */
function withAliases(
  models: ReadonlyMap<string, CompiledModel>,
  { policies }: EndpointSource,
  parts: CompiledParts,
): ReadonlyMap<string, CompiledModel> {
  const aliases = aliasModels(policies.modelRouting, parts.models);
  return aliases.length === 0 ? models : new Map([...models, ...aliases.map((alias) => [alias.slug, alias] as const)]);
}

function* compileTarget(
  { target }: ApiVersionSnapshot,
  source: EndpointSource,
  parts: CompiledParts,
  before: KeptRest | null,
): Generator<void, { target: CompiledTarget; rest: KeptRest | null }> {
  switch (target.kind) {
    case 'rest': {
      const rest = yield* compileRoutes(target.routes, source, parts, before);
      const choosing = rest.table.needs === HEAD ? null : choosingCall(source);
      return { target: { kind: 'rest', routes: rest.table, choosing }, rest };
    }
    case 'prompt': {
      const models = withAliases(parts.models, source, parts);
      const named = { ...parts, models };
      return {
        target: {
          kind: 'prompt',
          offer: compileOffer(target, named),
          others: compileOthers(target, named),
          models,
          chain: promptCall(source),
          jobs: apiJobsCall(source),
        },
        rest: null,
      };
    }
    case 'llm': {
      const models = target.models.flatMap((slug) => {
        const model = parts.models.get(slug);
        return model ? [[slug, model] as const] : [];
      });
      return {
        target: {
          kind: 'llm',
          models: withAliases(new Map(models), source, parts),
          chat: apiChatCall(source),
          openChat: openChatCall(source),
          counting: apiCountCall(source),
          openCounting: openCountCall(source),
          operation: apiOperationCall(source),
          openOperation: openOperationCall(source),
          realtime: apiRealtimeCall(source),
          openRealtime: openRealtimeCall(source),
          secrets: apiSecretCall(source),
          openSecrets: openSecretCall(source),
          listing: apiModelsCall(source),
          jobs: apiJobsCall(source),
          filing: apiBatchesCall(source),
          batches: source.policies.batches ?? USUAL_BATCHES,
        },
        rest: null,
      };
    }
  }
}

function lifecycleHeaders({ deprecatedAtMs, sunsetAtMs }: ApiVersionSnapshot): string[] {
  const headers: string[] = [];
  if (deprecatedAtMs !== null) headers.push('deprecation', `@${Math.floor(deprecatedAtMs / 1000)}`);
  if (sunsetAtMs !== null) headers.push('sunset', new Date(sunsetAtMs).toUTCString());
  return headers;
}

/** Whether two documents of a version differ in their routes only, and chains of one's routes do for the other's. */
function differsInRoutes(a: ApiVersionSnapshot, b: ApiVersionSnapshot): boolean {
  if (a.target.kind !== 'rest' || b.target.kind !== 'rest' || cachesAnywhere(a) !== cachesAnywhere(b)) return false;
  const fields = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof ApiVersionSnapshot>;
  fields.delete('target');
  for (const field of fields) if (a[field] !== b[field]) return false;
  return true;
}

/**
 * Compiles a version. `before` is what was made of it under the same API and upstreams: taken over whole where the document
 * is the same object, route by route where only routes have changed.
 */
export function* compileVersion(
  version: ApiVersionSnapshot,
  api: EndpointApi,
  parts: CompiledParts,
  before: KeptVersion | null,
): Generator<void, KeptVersion> {
  if (before?.doc === version) return before;
  const { tenantId, upstreamsBySlug: upstreams, models } = parts;
  const known = before !== null && differsInRoutes(before.doc, version) ? before : null;
  const source = known?.source ?? endpointSource({ tenantId, api, version, route: null, upstreams, models });
  const { target, rest } = yield* compileTarget(version, source, parts, known?.rest ?? null);
  const compiled = {
    id: version.id,
    version: version.version,
    state: version.state,
    lifecycleHeaders: lifecycleHeaders(version),
    target,
    lost: known?.compiled.lost ?? lostCall(source),
  };
  return { doc: version, source, compiled, rest };
}
