import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type {
  CompiledApi,
  CompiledApplication,
  CompiledModel,
  CompiledSubscription,
  CompiledTenant,
  CompiledVersion,
} from '../snapshot/compiled.ts';
import { standing } from './authorize.ts';

/** A model an application is subscribed to, and where. `code` says why it may not be used now, if so. */
export interface OfferedModel {
  readonly model: CompiledModel;
  readonly tenant: CompiledTenant;
  readonly api: CompiledApi;
  readonly version: CompiledVersion;
  readonly subscription: CompiledSubscription;
  readonly code: RefusalCode | null;
}

/** A publisher's model API together with the caller's subscription to it. */
export interface ModelApi {
  readonly tenant: CompiledTenant;
  readonly api: CompiledApi;
  readonly subscription: CompiledSubscription;
}

/**
 * The APIs an application is subscribed to, with their publishers' configuration; at once when that is in memory.
 * A publisher whose configuration cannot be had is left out, unless none can: then the refusal.
 */
export function subscribedApis(
  application: CompiledApplication,
  ports: Ports,
): ModelApi[] | Promise<ModelApi[] | Refusal> {
  const apis: ModelApi[] = [];
  const waiting: Promise<boolean>[] = [];
  for (const subscription of application.subscriptionByApi.values()) {
    const tenant = ports.snapshot.tenantById(subscription.publisherTenantId);
    if (tenant instanceof Promise) {
      waiting.push(
        tenant.then((found) => {
          if (typeof found === 'object') add(apis, found, subscription);
          return found !== 'unavailable';
        }),
      );
    } else if (typeof tenant === 'object') add(apis, tenant, subscription);
  }
  if (waiting.length === 0) return apis;
  return Promise.all(waiting).then((found) =>
    apis.length === 0 && found.includes(false) ? refusal('configuration_unavailable', { retryAfterSeconds: 2 }) : apis,
  );
}

function add(apis: ModelApi[], tenant: CompiledTenant, subscription: CompiledSubscription): void {
  const api = tenant.apisById.get(subscription.apiId);
  if (api) apis.push({ tenant, api, subscription });
}

/** Model APIs' versions that can be called. */
function* openVersions(apis: readonly ModelApi[]): Generator<ModelApi & { version: CompiledVersion }> {
  for (const entry of apis) {
    for (const [name, version] of entry.api.versions) {
      // Not once more by its aliases.
      if (name !== version.version) continue;
      if (version.state !== 'retired' && version.target.kind === 'llm') yield { ...entry, version };
    }
  }
}

/** Every model offered to the caller under this name, through any of these APIs. */
export function offersOf(apis: readonly ModelApi[], name: string, nowMs: number): OfferedModel[] {
  const offers: OfferedModel[] = [];
  for (const { tenant, api, version, subscription } of openVersions(apis)) {
    const model = version.target.kind === 'llm' ? version.target.models.get(name) : undefined;
    if (model) offers.push({ model, tenant, api, version, subscription, code: standing(subscription, nowMs) });
  }
  return offers;
}

/** Every model the caller may use now. */
export function openModels(apis: readonly ModelApi[], nowMs: number): OfferedModel[] {
  const offers: OfferedModel[] = [];
  for (const { tenant, api, version, subscription } of openVersions(apis)) {
    if (version.target.kind !== 'llm' || standing(subscription, nowMs) !== null) continue;
    for (const model of version.target.models.values()) {
      offers.push({ model, tenant, api, version, subscription, code: null });
    }
  }
  return offers;
}
