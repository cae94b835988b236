import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledTenant } from '../snapshot/compiled.ts';
import type { Missing } from '../snapshot/store.ts';

function take(exchange: Exchange, tenant: CompiledTenant | Missing): Refusal | null {
  if (tenant === 'unavailable') return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
  if (tenant === 'absent') return refusal('route_not_found');
  const api = tenant.apis.get(exchange.apiSlug);
  const version = api?.versions.get(exchange.versionSlug);
  if (api === undefined || version === undefined) return refusal('route_not_found');
  exchange.tenant = tenant;
  exchange.api = api;
  exchange.version = version;
  exchange.openAiDialect = version.target.kind === 'llm';
  return version.state === 'retired' ? refusal('version_retired') : null;
}

/** Finds the API version the path names in the publisher's configuration. */
export function locate(exchange: Exchange, ports: Ports): Refusal | null | Promise<Refusal | null> {
  const tenant = ports.snapshot.tenantBySlug(exchange.tenantSlug);
  return tenant instanceof Promise ? tenant.then((found) => take(exchange, found)) : take(exchange, tenant);
}
