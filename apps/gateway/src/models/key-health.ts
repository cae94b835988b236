import type { KeyTrouble } from '@parley/contracts/key-health';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';

/** Tells the publisher's people how a key fares when that has changed; `trouble` is `null` where it works. */
export function tellHealth(exchange: Exchange, ports: Ports, keyId: string, trouble: KeyTrouble | null): void {
  const state = ports.models.ofKey(keyId);
  const nowMs = ports.clock.nowMs();
  const news = state.news(trouble, nowMs);
  if (news === undefined || exchange.tenant === null) return;
  const health = {
    tenantId: exchange.tenant.id,
    keyId,
    trouble: news,
    restsUntilMs: Math.ceil(state.restsUntilMs),
    atMs: nowMs,
  };
  ports.jobs.enqueue('providerKey.health', health).catch((error: unknown) => {
    ports.log.warn('how a provider’s key fares could not be told', { keyId, error });
  });
}
