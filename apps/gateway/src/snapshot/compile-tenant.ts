import type {
  ApiSnapshot,
  ApiVersionSnapshot,
  ModelSnapshot,
  ProviderSnapshot,
  RouteSnapshot,
  TenantSnapshot,
  UpstreamSnapshot,
} from '@parley/contracts/snapshot';
import { type UpstreamOptions, upstreamOptionsSchema } from '@parley/contracts/upstream-options';
import { priceRates } from '@parley/domain/pricing';
import type { DataKey } from '@parley/kernel/seal';
import { formatOf } from '@parley/llm/providers/formats';
import type { Logger } from '@parley/telemetry/logger';
import {
  apiChatCall,
  apiModelsCall,
  choosingCall,
  chosenRestCall,
  lostCall,
  openChatCall,
  promptCall,
  restCall,
} from '../pipeline.ts';
import { endpointPolicies } from '../policies/endpoint-policies.ts';
import { HEAD } from '../routing/call-facts.ts';
import { routeCondition } from '../routing/route-condition.ts';
import type { Chain, EndpointSource } from '../stage.ts';
import { compilePlan } from './compile-plan.ts';
import { compileOffer, compileOthers } from './compile-prompt.ts';
import { compileRoute } from './compile-route.ts';
import type {
  CompiledApi,
  CompiledModel,
  CompiledProvider,
  CompiledRoute,
  CompiledTarget,
  CompiledTenant,
  CompiledUpstream,
  CompiledVersion,
  Destination,
} from './compiled.ts';
import { dataKeyOf, type Opener, opener } from './opener.ts';
import { RouteTable } from './route-table.ts';

const MAX_KEY_SLOTS = 100;

function destination(source: UpstreamSnapshot | ProviderSnapshot): Destination {
  const url = new URL(source.baseUrl);
  return {
    id: source.id,
    slug: source.slug,
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    timeouts: source.timeouts,
  };
}

let compilations = 0;

/** Options of a newer release cannot be kept: then the upstream is broken rather than called without them. */
function compileOptions(upstream: UpstreamSnapshot, log: Logger): UpstreamOptions | null | 'unknown' {
  if (upstream.options === undefined || Object.keys(upstream.options).length === 0) return null;
  const parsed = upstreamOptionsSchema.safeParse(upstream.options);
  if (parsed.success) return parsed.data;
  log.error('an upstream has options this release does not know', { upstreamId: upstream.id, error: parsed.error });
  return 'unknown';
}

function compileUpstream(upstream: UpstreamSnapshot, openSealed: Opener, log: Logger): CompiledUpstream {
  const options = compileOptions(upstream, log);
  const value = upstream.auth && openSealed(upstream.auth.sealed, 'upstream_auth', `upstream ${upstream.slug}`);
  const token = upstream.discoveryToken ?? null;
  const discoveryToken = token && openSealed(token, 'upstream_discovery', `discovery of upstream ${upstream.slug}`);
  return {
    ...destination(upstream),
    discoveryToken,
    authHeaders: upstream.auth && value !== null ? [upstream.auth.header.toLowerCase(), value] : [],
    broken:
      options === 'unknown' ||
      (upstream.auth !== null && value === null) ||
      (token !== null && discoveryToken === null),
    options: options === 'unknown' ? null : options,
    order: ++compilations,
  };
}

/** Spreads keys over slots in proportion to their weights, each at least once. */
function weighted(keys: readonly { secret: string; weight: number }[]): string[] {
  const total = keys.reduce((sum, key) => sum + key.weight, 0);
  const slots = Math.min(total, MAX_KEY_SLOTS);
  return keys.flatMap((key) =>
    new Array<string>(Math.max(1, Math.round((key.weight / total) * slots))).fill(key.secret),
  );
}

function compileProvider(provider: ProviderSnapshot, openSealed: Opener): CompiledProvider {
  const opened = provider.keys.flatMap((key) => {
    const secret = openSealed(key.sealed, 'provider_key', `provider ${provider.slug}`);
    return secret === null ? [] : [{ secret, weight: key.weight }];
  });
  return {
    ...destination(provider),
    keys: opened.length > 0 ? weighted(opened) : [],
    format: formatOf(provider.kind),
    settings: {},
    broken: provider.keys.length > 0 && opened.length === 0,
  };
}

function compileModel(model: ModelSnapshot, providers: ReadonlyMap<string, CompiledProvider>): CompiledModel {
  return {
    id: model.id,
    slug: model.slug,
    providerModel: model.providerModel,
    target: { model: model.providerModel, maxOutputTokens: model.maxOutputTokens, quirks: {} },
    provider: providers.get(model.providerId) ?? null,
    createdAtMs: model.createdAtMs,
    prices: model.prices.map((price) => ({ effectiveFromMs: price.effectiveFromMs, rates: priceRates(price) })),
  };
}

interface Parts {
  readonly upstreamsBySlug: ReadonlyMap<string, CompiledUpstream>;
  readonly upstreams: ReadonlyMap<string, CompiledUpstream>;
  readonly models: ReadonlyMap<string, CompiledModel>;
  readonly tenantId: string;
  readonly log: Logger;
}

function compileTarget(source: EndpointSource, parts: Parts): CompiledTarget {
  const { target } = source.version;
  switch (target.kind) {
    case 'rest': {
      const routes = new RouteTable<CompiledRoute>();
      for (const route of target.routes) {
        const upstream = parts.upstreams.get(route.upstreamId) ?? null;
        const { holds, unreadable } = routeCondition(route);
        const endpoint = (): EndpointSource => {
          const own = endpointSource({ ...source, route });
          return unreadable ? { ...own, unkept: [...own.unkept, 'match'] } : own;
        };
        const chain = (): Chain => restCall(endpoint());
        const chosen = knowsCallersItself(route) ? chain : () => chosenRestCall(endpoint());
        routes.add(route.method, route.path, compileRoute(route, upstream, { chain, chosen }), holds);
      }
      return { kind: 'rest', routes, choosing: routes.needs === HEAD ? null : choosingCall(source) };
    }
    case 'prompt':
      return {
        kind: 'prompt',
        offer: compileOffer(target, parts),
        others: compileOthers(target, parts),
        models: parts.models,
        chain: promptCall(source),
      };
    case 'llm': {
      const models = target.models.flatMap((slug) => {
        const model = parts.models.get(slug);
        return model ? [[slug, model] as const] : [];
      });
      return {
        kind: 'llm',
        models: new Map(models),
        chat: apiChatCall(source),
        openChat: openChatCall(source),
        listing: apiModelsCall(source),
      };
    }
  }
}

/** Such a route asks for its own credentials even after another policy has found who calls. */
function knowsCallersItself({ policies }: RouteSnapshot): boolean {
  return policies?.['callers'] !== undefined || policies?.['inbound'] !== undefined;
}

function endpointSource(of: Omit<EndpointSource, 'policies' | 'unkept'>): EndpointSource {
  return { ...of, ...endpointPolicies(of.version, of.route) };
}

function compileVersion(api: ApiSnapshot, version: ApiVersionSnapshot, parts: Parts): CompiledVersion {
  const source = endpointSource({
    tenantId: parts.tenantId,
    api,
    version,
    route: null,
    upstreams: parts.upstreamsBySlug,
  });
  const lifecycleHeaders: string[] = [];
  if (version.deprecatedAtMs !== null) {
    lifecycleHeaders.push('deprecation', `@${Math.floor(version.deprecatedAtMs / 1000)}`);
  }
  if (version.sunsetAtMs !== null) lifecycleHeaders.push('sunset', new Date(version.sunsetAtMs).toUTCString());
  return {
    id: version.id,
    version: version.version,
    state: version.state,
    lifecycleHeaders,
    target: compileTarget(source, parts),
    lost: lostCall(source),
  };
}

/** Versions by name, then by alias: an alias serves the version it leads to, and says which that is. */
function compileVersions(api: ApiSnapshot, parts: Parts): Map<string, CompiledVersion> {
  const compiled = api.versions.map((version) => compileVersion(api, version, parts));
  const byName = new Map(compiled.map((version) => [version.version, version]));
  for (const { alias, versionId } of api.aliases ?? []) {
    const version = compiled.find(({ id }) => id === versionId);
    if (version === undefined || byName.has(alias)) continue;
    const lifecycleHeaders = [...version.lifecycleHeaders, 'x-parley-version', version.version];
    byName.set(alias, { ...version, lifecycleHeaders });
  }
  return byName;
}

function compileApi(api: ApiSnapshot, parts: Parts): CompiledApi {
  return {
    id: api.id,
    slug: api.slug,
    maxBodyBytes: api.maxBodyBytes,
    versions: compileVersions(api, parts),
    plans: new Map(api.plans.map((plan) => [plan.id, compilePlan(plan)])),
  };
}

/**
 * Turns a publisher's document into what requests are matched against: maps instead of lists, credentials opened,
 * templates and schemas prepared. What cannot be opened or compiled is marked, and refuses only its own calls.
 */
export function compileTenant(doc: TenantSnapshot, master: DataKey, log: Logger): CompiledTenant {
  const dataKey = dataKeyOf(master, doc);
  const openSealed = opener(dataKey, doc, log);
  const upstreams = new Map(doc.upstreams.map((upstream) => [upstream.id, compileUpstream(upstream, openSealed, log)]));
  const providers = new Map(doc.providers.map((provider) => [provider.id, compileProvider(provider, openSealed)]));
  const models = new Map(doc.models.map((model) => [model.slug, compileModel(model, providers)]));
  const upstreamsBySlug = new Map(Array.from(upstreams.values(), (upstream) => [upstream.slug, upstream]));
  const parts: Parts = { upstreams, upstreamsBySlug, models, tenantId: doc.tenantId, log };
  const apis = doc.apis.map((api) => compileApi(api, parts));
  return {
    doc,
    id: doc.tenantId,
    slug: doc.slug,
    dataKey,
    apis: new Map(apis.map((api) => [api.slug, api])),
    apisById: new Map(apis.map((api) => [api.id, api])),
    live: true,
  };
}
