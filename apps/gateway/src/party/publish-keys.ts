import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { replyWith } from '../stages/reply.ts';

const HEADERS = ['cache-control', 'public, max-age=600'];

/** `GET /v1/party-tokens/{tenant id}/jwks.json`: the keys of a tenant, whether there is one of that id or not (PT-5.6). */
export function publishPartyKeys(exchange: Exchange, ports: Ports): Refusal | null {
  if (ports.parties === null) return refusal('internal');
  const json = JSON.stringify(ports.parties.published(exchange.partyTenantId));
  replyWith(exchange, ports, { status: 200, headers: HEADERS, json });
  return null;
}
