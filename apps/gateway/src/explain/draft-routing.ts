import type { ModelRoutingPolicy } from '@parley/contracts/policies/model-routing';
import type { ApiSnapshot } from '@parley/contracts/snapshot';
import type { Exchange } from '../exchange.ts';
import { compileVersion } from '../snapshot/compile-version.ts';
import { findEndpoint } from '../stages/find-endpoint.ts';

/**
 * Puts a routing that is only being written in the place of the version's, for this exchange alone: it walks the chain that
 * would be made of it. Nothing for addresses that lead nowhere, and for REST.
 */
export function takeDraft(exchange: Exchange, modelRouting: ModelRoutingPolicy): void {
  const { tenant, api, version } = exchange;
  const kept = tenant?.kept.apis.get(api?.id ?? '');
  const served = kept?.versions.get(version?.id ?? '')?.doc;
  if (!tenant || !kept || !served || served.target.kind === 'rest') return;
  const draft = { ...served, policies: { ...served.policies, modelRouting } };
  const steps = compileVersion(draft, kept.endpointApi, tenant.kept.parts, null);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const { compiled } = step.value;
  const withDraft = (one: ApiSnapshot): ApiSnapshot =>
    one.id === api?.id ? { ...one, versions: one.versions.map((old) => (old === served ? draft : old)) } : one;
  exchange.tenant = { ...tenant, doc: { ...tenant.doc, apis: tenant.doc.apis.map(withDraft) } };
  exchange.version = compiled;
  exchange.lost = null;
  exchange.chain = findEndpoint(exchange, compiled);
}
