import type { BudgetSnapshot } from '@parley/contracts/budget';
import type { ApiSnapshot, PlanSnapshot } from '@parley/contracts/snapshot';
import { countsWidely } from './api-facts.ts';
import { compileVersion, type KeptVersion } from './compile-version.ts';
import type { CompiledApi, CompiledParts, CompiledPlan, CompiledVersion, EndpointApi } from './compiled.ts';

/** A compiled API and what its next compilation takes over. */
export interface KeptApi {
  readonly compiled: CompiledApi;
  readonly endpointApi: EndpointApi;
  /** By version id. */
  readonly versions: ReadonlyMap<string, KeptVersion>;
}

/** Only calls to models cost something at a provider. */
function budgetsFor({ id, versions }: ApiSnapshot, budgets: readonly BudgetSnapshot[]): readonly BudgetSnapshot[] {
  if (budgets.length === 0 || versions.every(({ target }) => target.kind === 'rest')) return [];
  return budgets.filter(({ scope, subject }) => scope !== 'api' || subject === id);
}

function endpointApiOf(
  api: ApiSnapshot,
  allBudgets: readonly BudgetSnapshot[],
  before: EndpointApi | undefined,
): EndpointApi {
  const { id, slug, maxBodyBytes } = api;
  const budgets = budgetsFor(api, allBudgets);
  const wide = budgets.length > 0 || api.prepaid === true || api.versions.some((version) => countsWidely(version));
  const same = before?.slug === slug && before.maxBodyBytes === maxBodyBytes && before.wide === wide;
  if (same && JSON.stringify(before.budgets) === JSON.stringify(budgets)) return before;
  return { id, slug, maxBodyBytes, wide, budgets };
}

/** Versions by name, then by alias: an alias serves the version it leads to, and says which that is. */
function byName(api: ApiSnapshot, compiled: readonly CompiledVersion[]): Map<string, CompiledVersion> {
  const versions = new Map(compiled.map((version) => [version.version, version]));
  for (const { alias, versionId } of api.aliases ?? []) {
    const version = compiled.find(({ id }) => id === versionId);
    if (version === undefined || versions.has(alias)) continue;
    const lifecycleHeaders = [...version.lifecycleHeaders, 'x-parley-version', version.version];
    versions.set(alias, { ...version, lifecycleHeaders });
  }
  return versions;
}

/** Compiles an API; versions whose document, API and upstreams are the same as `before` are taken over. */
export function* compileApi(
  api: ApiSnapshot,
  plans: ReadonlyMap<PlanSnapshot, CompiledPlan>,
  parts: CompiledParts,
  before: ReadonlyMap<string, KeptApi> | null,
  budgets: readonly BudgetSnapshot[] = [],
): Generator<void, KeptApi> {
  const known = before?.get(api.id);
  const endpointApi = endpointApiOf(api, budgets, known?.endpointApi);
  const takeOver = endpointApi === known?.endpointApi ? known.versions : null;
  const versions = new Map<string, KeptVersion>();
  for (const version of api.versions) {
    versions.set(version.id, yield* compileVersion(version, endpointApi, parts, takeOver?.get(version.id) ?? null));
    yield;
  }
  const compiled = {
    id: api.id,
    slug: api.slug,
    maxBodyBytes: api.maxBodyBytes,
    wide: endpointApi.wide,
    versions: byName(
      api,
      Array.from(versions.values(), (version) => version.compiled),
    ),
    plans: new Map(
      api.plans.flatMap((plan) => {
        const one = plans.get(plan);
        return one === undefined ? [] : [[plan.id, one] as const];
      }),
    ),
  };
  return { compiled, endpointApi, versions };
}
