import type { Exchange } from '../exchange.ts';
import type { Caller } from '../ports/keys/keys.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { Stage } from '../stage.ts';

/** Who called, as the configuration has it now: a key that was revoked meanwhile is one no more. */
export async function callerNow(applicationId: string, keyId: string, ports: Ports): Promise<Caller | Refusal> {
  const application = await ports.snapshot.applicationById(applicationId);
  if (application === 'unavailable') return refusal('configuration_unavailable');
  if (application === 'absent') return refusal('key_revoked');
  const { keys, identities = [], certificates = [] } = application.doc;
  const key = keys.find(({ id }) => id === keyId);
  if (key !== undefined) {
    if (key.revokedAtMs !== null) return refusal('key_revoked');
    if (key.expiresAtMs !== null && key.expiresAtMs <= ports.clock.nowMs()) return refusal('key_expired');
    return { application, key };
  }
  const known = [...identities, ...certificates].some(({ id }) => id === keyId);
  return known ? { application, key: { id: keyId, expiresAtMs: null, revokedAtMs: null } } : refusal('key_revoked');
}

/** Walks the chains a call would walk now, but for stages that were decided before. Answers the refusal it ends with, if so. */
export async function walkAgain(
  exchange: Exchange,
  ports: Ports,
  wasDecided: (stage: Stage) => boolean,
): Promise<Refusal | null> {
  for (;;) {
    const stages = exchange.chain;
    for (const stage of stages) {
      if (exchange.settled) return null;
      if (wasDecided(stage)) continue;
      const refused = await stage(exchange, ports);
      if (refused !== null) return refused;
      if (exchange.chain !== stages) break;
    }
    if (exchange.chain === stages) return null;
  }
}
