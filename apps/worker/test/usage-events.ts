import type { UsageEvent } from '@parley/contracts/usage-event';
import { newId } from '@parley/kernel/id';

/** A usage event of a chat call that went well, at this moment, between tenants of its own; override what matters. */
export function usageEvent(given: Partial<UsageEvent> = {}): UsageEvent {
  const tenantId = given.tenantId ?? newId();
  return {
    id: newId(),
    tenantId,
    consumerTenantId: tenantId,
    applicationId: newId(),
    keyId: newId(),
    subscriptionId: newId(),
    planId: newId(),
    apiId: newId(),
    apiVersionId: newId(),
    routeId: null,
    promptVersionId: null,
    kind: 'chat',
    method: 'POST',
    path: '/v1/chat/completions',
    status: 200,
    code: null,
    model: 'sim-small',
    providerId: newId(),
    providerModel: 'sim-small',
    stream: true,
    abortedBy: 'none',
    usageSource: 'provider',
    inputTokens: 120,
    cachedInputTokens: 20,
    outputTokens: 80,
    reasoningTokens: 0,
    costNano: '123456',
    currency: 'USD',
    priceId: newId(),
    durationUs: 812_345,
    upstreamUs: 805_000,
    ttftUs: 201_000,
    requestBytes: 900,
    responseBytes: 4_200,
    attempts: 1,
    node: 'gateway-1',
    ...given,
  };
}

/** A UUIDv7 of this moment: the time part is exact, whatever was made before. */
export function idAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`;
}
