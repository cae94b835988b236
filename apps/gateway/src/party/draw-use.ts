import type { Exchange } from '../exchange.ts';
import { noted } from '../explain/notes.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { Stage } from '../stage.ts';
import { addNote } from '../wire/response-headers.ts';
import { refuseToken } from './identify-party.ts';
import type { PartyToken } from './party-tokens.ts';

async function draw(exchange: Exchange, ports: Ports, token: PartyToken): Promise<Refusal | null> {
  const states = ports.parties?.states;
  const drawn = await states?.draw(token.tenantId, token.counted).catch(() => undefined);
  if (states === undefined || drawn === undefined) return refusal('party_state_unavailable', { retryAfterSeconds: 1 });
  if (drawn === 'spent') return refusal('party_allowance_spent');
  if (drawn === 'inactive') return refuseToken('The token is not active');
  // The client may have left while this was decided.
  if (exchange.settled) void states.giveBack(token.tenantId, token.counted);
  else {
    exchange.partyDrew = true;
    addNote(exchange, 'x-parley-uses-left', String(drawn));
  }
  return null;
}

/** Takes a use from a party token's allowance, right before the call counts against limits (PT-6.6). */
export const drawUse: Stage = noted(
  (exchange, ports) =>
    exchange.party === null || exchange.party.claims.allowance === undefined
      ? null
      : draw(exchange, ports, exchange.party),
  { step: null, policy: null, harmless: false, sentence: () => '' },
);

/** A use of a call that limits have refused is given back; of what is asked of sessions, which no limit counts, one of any refusal. */
export function returnUse({ party, partyDrew, admission, sessionAddress, code }: Exchange, ports: Ports): void {
  if (!partyDrew || party === null) return;
  if (sessionAddress === null ? admission !== null && admission.failed === -1 : code === null) return;
  void ports.parties?.states.giveBack(party.tenantId, party.counted);
}
