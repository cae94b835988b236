import { decide } from '@parley/party-token/decide';
import type { Action } from '@parley/party-token/permission';
import { normalizedPath } from '@parley/party-token/resource';
import type { Exchange } from '../exchange.ts';
import { noted, PREPARES } from '../explain/notes.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { Stage } from '../stage.ts';
import type { OfferedModel } from '../stages/open-models.ts';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A refusal of PT-6.3: it names the rule, and nothing of what there is. */
export function denyParty(rule: string): Refusal {
  return refusal('party_denied', { message: `The party token does not allow this; decided by: ${rule}.` });
}

function permit({ party, api }: Pick<Exchange, 'party' | 'api'>, action: Action, resource: string): Refusal | null {
  if (party === null) return null;
  const decision = decide(party.claims, { action, resource, audience: `urn:parley:api:${api?.id ?? ''}` });
  return decision.allowed ? null : denyParty(decision.rule);
}

function addressOf({ tenant, api, version, rest }: Exchange): string {
  return `api:${tenant?.slug ?? ''}/${api?.slug ?? ''}/${version?.version ?? ''}${normalizedPath(rest)}`;
}

/** Whether the API is in the audience at all; what is done there, a later stage asks. */
export const permitAudience: Stage = noted(({ party, api }) => {
  if (party === null || party.claims.aud.includes(`urn:parley:api:${api?.id ?? ''}`)) return null;
  return denyParty('audience');
}, PREPARES);

/** A REST call: reading or writing its path (PT-6.3). A connection that stays open is none (PT-6.7). */
export const permitRest: Stage = noted((exchange) => {
  if (exchange.party === null) return null;
  if (exchange.upgrade !== null) return denyParty('default');
  return permit(exchange, READS.has(exchange.method) ? 'api:read' : 'api:write', addressOf(exchange));
}, PREPARES);

/** Asking a prompt endpoint. */
export const permitPrompt: Stage = noted(
  (exchange) => (exchange.party === null ? null : permit(exchange, 'prompt:run', addressOf(exchange))),
  PREPARES,
);

/** Asking a model, once it is known which. */
export const permitModel: Stage = noted((exchange) => {
  const { party, tenant, model } = exchange;
  return party === null ? null : permit(exchange, 'model:ask', `model:${tenant?.slug ?? ''}/${model?.slug ?? ''}`);
}, PREPARES);

/** The same of a model that only something is asked about. */
export function permitOffer({ party }: Exchange, { tenant, api, model }: OfferedModel): Refusal | null {
  return permit({ party, api }, 'model:ask', `model:${tenant.slug}/${model.slug}`);
}

/** Listing an API's models. */
export const permitList: Stage = noted(
  (exchange) => (exchange.party === null ? null : permit(exchange, 'model:list', addressOf(exchange))),
  PREPARES,
);

/** What is open to no party token (PT-6.7). */
export const refuseParties: Stage = noted(({ party }) => (party === null ? null : denyParty('audience')), PREPARES);
