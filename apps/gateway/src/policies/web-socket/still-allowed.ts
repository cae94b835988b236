import type { Exchange } from '../../exchange.ts';
import type { Caller } from '../../ports/keys/keys.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import type { CompiledApplication, CompiledTenant } from '../../snapshot/compiled.ts';
import { standing } from '../../stages/authorize.ts';

/** Whose documents a running connection rests on. */
export interface Grounds {
  application: CompiledApplication;
  tenant: CompiledTenant;
}

/** Whether something changed, or has run out, since the grounds were last looked at: then `stillAllowed` decides. */
export function mayHaveChanged({ application, tenant }: Grounds, { caller, api }: Exchange, nowMs: number): boolean {
  if (!application.live || !tenant.live) return true;
  const until = caller?.key.expiresAtMs ?? Number.POSITIVE_INFINITY;
  const subscribed = application.subscriptionByApi.get(api?.id ?? '')?.expiresAtMs ?? Number.POSITIVE_INFINITY;
  return nowMs >= Math.min(until, subscribed);
}

/**
 * Asks again, by the newest configuration, what let a running connection in: its key, its subscription, its route. Brings
 * `grounds` up to date. What cannot be known at the moment ends nothing.
 */
export async function stillAllowed(grounds: Grounds, exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  const { caller, api } = exchange;
  if (caller === null || api === null) return refusal('internal');
  const application = await ports.snapshot.applicationById(grounds.application.id);
  if (application === 'absent') return refusal('key_revoked');
  const tenant = await ports.snapshot.tenantById(grounds.tenant.id);
  if (tenant === 'absent') return refusal('route_not_found');
  if (application !== 'unavailable') grounds.application = application;
  if (tenant !== 'unavailable') grounds.tenant = tenant;
  const nowMs = ports.clock.nowMs();
  const subscription = grounds.application.subscriptionByApi.get(api.id);
  const state = subscription === undefined ? 'not_subscribed' : standing(subscription, nowMs);
  return (
    keyFault(grounds.application, caller, nowMs) ?? (state && refusal(state)) ?? routeFault(grounds.tenant, exchange)
  );
}

function keyFault(
  { id, doc, identities, certificates }: CompiledApplication,
  { key }: Caller,
  nowMs: number,
): Refusal | null {
  const entry = doc.keys.find((one) => one.id === key.id);
  if (entry === undefined) {
    // Those who come with a token, a signature or a certificate have an identity in a key's place, or count to the application itself.
    const others = [...identities.values(), ...certificates.values()];
    const known = key.id === id || others.some((identity) => identity.id === key.id);
    return known ? null : refusal('key_revoked');
  }
  if (entry.revokedAtMs !== null) return refusal('key_revoked');
  return entry.expiresAtMs !== null && entry.expiresAtMs <= nowMs ? refusal('key_expired') : null;
}

function routeFault({ doc }: CompiledTenant, { api, version, route, model }: Exchange): Refusal | null {
  const versions = doc.apis.find(({ id }) => id === api?.id)?.versions;
  const found = versions?.find(({ id }) => id === version?.id);
  if (found === undefined) return refusal('route_not_found');
  if (found.state === 'retired') return refusal('version_retired');
  if (found.target.kind === 'llm') {
    return doc.models.some(({ id }) => id === model?.id) ? null : refusal('model_not_found', { param: 'model' });
  }
  const routes = found.target.kind === 'rest' ? found.target.routes : [];
  const policies = routes.find(({ id }) => id === route?.id)?.policies;
  const kept = policies?.['webSocket'] === undefined ? found.policies?.['webSocket'] : policies['webSocket'];
  return routes.some(({ id }) => id === route?.id) && kept ? null : refusal('route_not_found');
}
