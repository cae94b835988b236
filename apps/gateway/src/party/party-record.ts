import type { UsageEvent } from '@parley/contracts/usage-event';
import { actingId } from '@parley/party-token/claims';
import type { Exchange } from '../exchange.ts';

/** What the record of a call says of its party token (PT-6.4). */
export function partyRecord({ party }: Exchange): UsageEvent['party'] {
  if (party === null) return undefined;
  const { claims } = party;
  return { acting: actingId(claims), principal: claims.sub, tokenId: claims.jti };
}
