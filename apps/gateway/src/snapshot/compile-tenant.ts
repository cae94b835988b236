import { providerSettingsSchema } from '@parley/contracts/provider-format';
import type {
  FormattedProviderSnapshot,
  ModelSnapshot,
  PlanSnapshot,
  ProviderSnapshot,
  TenantSnapshot,
  UpstreamSnapshot,
} from '@parley/contracts/snapshot';
import { type UpstreamOptions, upstreamOptionsSchema } from '@parley/contracts/upstream-options';
import { priceRates } from '@parley/domain/price-rates';
import type { DataKey } from '@parley/kernel/seal';
import { formatOf } from '@parley/llm/providers/formats';
import { quirksOf } from '@parley/llm/providers/table';
import type { Logger } from '@parley/telemetry/logger';
import { compileApi, type KeptApi } from './compile-api.ts';
import { compilePlan } from './compile-plan.ts';
import type {
  CompiledModel,
  CompiledParts,
  CompiledPlan,
  CompiledProvider,
  CompiledTenant,
  CompiledUpstream,
  Destination,
} from './compiled.ts';
import { dataKeyOf, type Opener, opener } from './opener.ts';
import { finish } from './slices.ts';

type AnyProvider = ProviderSnapshot | FormattedProviderSnapshot;

function destination(source: UpstreamSnapshot | AnyProvider): Destination {
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

function compileProvider(provider: AnyProvider, openSealed: Opener): CompiledProvider {
  const settings = providerSettingsSchema.safeParse(provider.settings ?? {});
  const opened = provider.keys.flatMap((key) => {
    const secret = openSealed(key.sealed, 'provider_key', `provider ${provider.slug}`);
    return secret === null ? [] : [{ id: key.id, secret, weight: key.weight, limits: key.limits ?? null }];
  });
  const formatName = 'kind' in provider ? provider.kind : provider.format;
  return {
    ...destination(provider),
    keys: opened,
    format: formatOf(formatName),
    formatName,
    // Settings of a newer release cannot be kept: then it is broken rather than called without them.
    settings: settings.success ? settings.data : {},
    quirks: quirksOf(provider.preset),
    broken: !settings.success || (provider.keys.length > 0 && opened.length === 0),
  };
}

function compileModel(model: ModelSnapshot, providers: ReadonlyMap<string, CompiledProvider>): CompiledModel {
  const provider = providers.get(model.providerId) ?? null;
  return {
    id: model.id,
    slug: model.slug,
    providerModel: model.providerModel,
    capabilities: model.capabilities,
    contextTokens: model.contextTokens,
    alias: null,
    target: {
      model: model.providerModel,
      maxOutputTokens: model.maxOutputTokens,
      quirks: provider?.quirks ?? {},
    },
    provider,
    createdAtMs: model.createdAtMs,
    prices: model.prices.map((price) => ({ effectiveFromMs: price.effectiveFromMs, rates: priceRates(price) })),
  };
}

/** What the next compilation of a tenant takes over where its document has not changed: objects of the document tell. */
export interface Kept {
  readonly upstreams: ReadonlyMap<UpstreamSnapshot, CompiledUpstream>;
  readonly providers: ReadonlyMap<AnyProvider, CompiledProvider>;
  readonly models: ReadonlyMap<ModelSnapshot, CompiledModel>;
  readonly parts: CompiledParts;
  readonly plans: ReadonlyMap<PlanSnapshot, CompiledPlan>;
  readonly apis: ReadonlyMap<string, KeptApi>;
}

function sameKeys<K>(a: ReadonlyMap<K, unknown>, b: ReadonlyMap<K, unknown> | undefined): boolean {
  if (a.size !== b?.size) return false;
  for (const key of a.keys()) if (!b.has(key)) return false;
  return true;
}

/** Compiles each, or takes over what was compiled from the same object. */
function takeOver<D, C>(docs: readonly D[], before: ReadonlyMap<D, C> | undefined, compile: (doc: D) => C): Map<D, C> {
  return new Map(docs.map((doc) => [doc, before?.get(doc) ?? compile(doc)]));
}

/** Upstreams and models of a tenant: the very same as before when nothing about them has changed. */
function compileParts(
  doc: TenantSnapshot,
  openSealed: Opener,
  log: Logger,
  before: Kept | undefined,
): Omit<Kept, 'plans' | 'apis'> {
  const upstreams = takeOver(doc.upstreams, before?.upstreams, (upstream) =>
    compileUpstream(upstream, openSealed, log),
  );
  const allProviders: AnyProvider[] = [...doc.providers, ...(doc.formattedProviders ?? [])];
  const providers = takeOver(allProviders, before?.providers, (provider) => compileProvider(provider, openSealed));
  const sameProviders = sameKeys(providers, before?.providers);
  const providersById = new Map(Array.from(providers.values(), (provider) => [provider.id, provider]));
  const models = takeOver(doc.models, sameProviders ? before?.models : undefined, (model) =>
    compileModel(model, providersById),
  );
  if (before && sameProviders && sameKeys(upstreams, before.upstreams) && sameKeys(models, before.models))
    return before;
  const parts: CompiledParts = {
    upstreams: new Map(Array.from(upstreams.values(), (upstream) => [upstream.id, upstream])),
    upstreamsBySlug: new Map(Array.from(upstreams.values(), (upstream) => [upstream.slug, upstream])),
    models: new Map(Array.from(models.values(), (model) => [model.slug, model])),
    tenantId: doc.tenantId,
    log,
  };
  return { upstreams, providers, models, parts };
}

/**
 * Turns a publisher's document into what requests are matched against: maps instead of lists, credentials opened,
 * templates and schemas prepared. What cannot be opened or compiled is marked, and refuses only its own calls. Yields between
 * small steps. What was compiled `before` from the same objects of the document is taken over.
 */
export function* compilingTenant(
  doc: TenantSnapshot,
  master: DataKey,
  log: Logger,
  before: CompiledTenant | null,
): Generator<void, CompiledTenant> {
  const sameKey = before !== null && before.doc.sealedDataKey === doc.sealedDataKey && before.id === doc.tenantId;
  const dataKey = sameKey ? before.dataKey : dataKeyOf(master, doc);
  const kept = sameKey ? before.kept : undefined;
  const compiled = compileParts(doc, opener(dataKey, doc, log), log, kept);
  yield;
  // What a plan's counters are called depends on the time zone.
  const plansBefore = before?.doc.timeZone === doc.timeZone ? kept?.plans : undefined;
  const plans = takeOver(
    doc.apis.flatMap((api) => api.plans),
    plansBefore,
    compilePlan,
  );
  const apis = new Map<string, KeptApi>();
  for (const api of doc.apis) {
    const apisBefore = kept?.parts === compiled.parts ? kept.apis : null;
    apis.set(api.id, yield* compileApi(api, plans, compiled.parts, apisBefore, doc.budgets));
  }
  const all = Array.from(apis.values(), ({ compiled: api }) => api);
  return {
    doc,
    id: doc.tenantId,
    slug: doc.slug,
    dataKey,
    apis: new Map(all.map((api) => [api.slug, api])),
    apisById: new Map(all.map((api) => [api.id, api])),
    kept: { ...compiled, plans, apis },
    live: true,
  };
}

/** The same in one go, taking over nothing. */
export function compileTenant(doc: TenantSnapshot, master: DataKey, log: Logger): CompiledTenant {
  return finish(compilingTenant(doc, master, log, null));
}
