import type { ProviderFormat } from '@parley/contracts/provider-format';
import type {
  ApiSnapshot,
  ApiVersionSnapshot,
  ApplicationSnapshot,
  FormattedProviderSnapshot,
  KeySnapshot,
  Limit,
  ModelSnapshot,
  PriceSnapshot,
  PromptDefinition,
  ProviderSnapshot,
  SubscriptionSnapshot,
  TenantSnapshot,
  UpstreamSnapshot,
} from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { type DataKey, newDataKey, parseMasterKey, seal } from '@parley/kernel/seal';
import { hashSecretToken, newSecretToken } from '@parley/kernel/secret-token';

/** Documents of publishers and callers, as the worker compiles them, for tests: every part can be replaced. */
export const MASTER_KEY = Buffer.alloc(32, 9).toString('base64');
export const PEPPER = 'p'.repeat(32);
export const PROVIDER_KEY = 'sk-provider-secret-4242';
export const UPSTREAM_SECRET = 'upstream-secret-1717';
export const TIMEOUTS = { connectMs: 1000, headersMs: 2000, totalMs: 10_000 };

export const PRICE: Omit<PriceSnapshot, 'id'> = {
  currency: 'USD',
  effectiveFromMs: 0,
  inputPerMillion: '2000000000',
  cachedInputPerMillion: '1000000000',
  outputPerMillion: '8000000000',
  reasoningPerMillion: '9000000000',
  perRequest: '5',
};

export const PROMPT: PromptDefinition = {
  model: 'fast',
  messages: [
    { role: 'system', text: 'You are brief.' },
    { role: 'user', text: 'Say hello to {{name}} ({{tone}}).' },
  ],
  variables: [
    { name: 'name', type: 'string', description: '', required: true, maxLength: 20 },
    { name: 'tone', type: 'enum', description: '', required: false, default: 'kind', values: ['kind', 'dry'] },
  ],
  settings: { temperature: 0.2, maxOutputTokens: 50 },
  output: { kind: 'text' },
};

export interface Publisher {
  readonly doc: TenantSnapshot;
  readonly dataKey: DataKey;
}

/** A publisher with nothing published. */
export function publisher(slug: string): Publisher {
  const tenantId = newId();
  const { dataKey, sealed } = newDataKey(parseMasterKey(MASTER_KEY), tenantId);
  const doc = { version: 1, tenantId, slug, sealedDataKey: sealed, upstreams: [], providers: [], models: [], apis: [] };
  return { doc, dataKey };
}

export function upstream(of: Publisher, baseUrl: string, more: Partial<UpstreamSnapshot> = {}): UpstreamSnapshot {
  const made: UpstreamSnapshot = {
    id: newId(),
    slug: 'backend',
    baseUrl,
    timeouts: TIMEOUTS,
    auth: { header: 'X-Backend-Key', sealed: seal(of.dataKey, UPSTREAM_SECRET, 'upstream_auth') },
    ...more,
  };
  of.doc.upstreams.push(made);
  return made;
}

export function provider(of: Publisher, baseUrl: string, more: Partial<ProviderSnapshot> = {}): ProviderSnapshot {
  const made: ProviderSnapshot = {
    id: newId(),
    slug: 'provider',
    kind: 'openai_compatible',
    baseUrl,
    timeouts: TIMEOUTS,
    keys: [{ id: newId(), sealed: seal(of.dataKey, PROVIDER_KEY, 'provider_key'), weight: 1 }],
    ...more,
  };
  of.doc.providers.push(made);
  return made;
}

/** A provider that speaks another format than OpenAI's chat completions. */
export function formatted(
  of: Publisher,
  format: ProviderFormat,
  baseUrl: string,
  more: Partial<FormattedProviderSnapshot> = {},
): FormattedProviderSnapshot {
  const made: FormattedProviderSnapshot = {
    id: newId(),
    slug: `provider-${format.replaceAll('_', '-')}`,
    format,
    baseUrl,
    timeouts: TIMEOUTS,
    keys: [{ id: newId(), sealed: seal(of.dataKey, PROVIDER_KEY, 'provider_key'), weight: 1 }],
    ...more,
  };
  of.doc.formattedProviders = [...(of.doc.formattedProviders ?? []), made];
  return made;
}

export function model(
  of: Publisher,
  providerId: string,
  slug: string,
  more: Partial<ModelSnapshot> = {},
): ModelSnapshot {
  const made: ModelSnapshot = {
    id: newId(),
    slug,
    providerId,
    providerModel: `real-${slug}`,
    contextTokens: null,
    maxOutputTokens: null,
    capabilities: [],
    createdAtMs: 1_700_000_000_000,
    prices: [{ id: newId(), ...PRICE }],
    ...more,
  };
  of.doc.models.push(made);
  return made;
}

export function api(
  of: Publisher,
  slug: string,
  target: ApiVersionSnapshot['target'],
  limits: Limit[] = [],
): ApiSnapshot {
  const made: ApiSnapshot = {
    id: newId(),
    slug,
    name: slug,
    maxBodyBytes: 1_000_000,
    versions: [{ id: newId(), version: 'v1', state: 'published', deprecatedAtMs: null, sunsetAtMs: null, target }],
    plans: [{ id: newId(), slug: 'standard', limits }],
  };
  of.doc.apis.push(made);
  return made;
}

/** A REST API whose every path goes to one upstream. */
export function restApi(of: Publisher, slug: string, upstreamId: string, limits: Limit[] = []): ApiSnapshot {
  const routes = [{ id: newId(), method: '*' as const, path: '/*', upstreamId, upstreamPath: null }];
  return api(of, slug, { kind: 'rest', routes }, limits);
}

export function subscription(
  to: Publisher,
  apiDoc: ApiSnapshot,
  state: SubscriptionSnapshot['state'] = 'approved',
): SubscriptionSnapshot {
  return {
    id: newId(),
    publisherTenantId: to.doc.tenantId,
    publisherSlug: to.doc.slug,
    apiId: apiDoc.id,
    planId: apiDoc.plans[0]?.id ?? newId(),
    state,
    expiresAtMs: null,
  };
}

/** A new secret and its entry in an application's document. */
export function apiKey(more: Partial<KeySnapshot> = {}): { secret: string; entry: KeySnapshot } {
  const secret = newSecretToken('pk_live');
  const entry = { id: newId(), hash: hashSecretToken(secret, PEPPER), expiresAtMs: null, revokedAtMs: null, ...more };
  return { secret, entry };
}

export function application(subscriptions: SubscriptionSnapshot[], keys: KeySnapshot[]): ApplicationSnapshot {
  return {
    version: 1,
    applicationId: newId(),
    tenantId: newId(),
    tenantSlug: 'caller',
    keys,
    subscriptions,
  };
}
