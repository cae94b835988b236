import type { UsageEvent } from '@parley/contracts/usage-event';
import type { TokenUsage } from '@parley/domain/call-usage';
import { priceUsage } from '@parley/domain/pricing';
import { estimateInputTokens } from '@parley/llm/estimate';
import type { Exchange } from '../exchange.ts';
import { MAX_PER_CALL, sideCallId } from './side/side-call-id.ts';
import type { Try } from './try.ts';

/** Nothing came of it: the gateway closed the connection (nginx's status for that). */
const CLOSED = 499;

/** What its provider read: as much as the other's, where that one told; what it wrote, nobody tells. */
function usageOf({ chat, earlier }: Exchange, call: UsageEvent): TokenUsage {
  const told = call.usageSource === 'provider' && earlier === null;
  const inputTokens = told ? call.inputTokens : estimateInputTokens(chat?.body ?? {});
  return { inputTokens, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
}

function lostEvent(exchange: Exchange, call: UsageEvent, asked: Try, number: number): UsageEvent {
  const usage = usageOf(exchange, call);
  const durationUs = Math.round((asked.endedAt - asked.startedAt) * 1000);
  return {
    id: sideCallId(call.id, MAX_PER_CALL + number),
    purpose: 'hedge',
    parentId: call.id,
    tenantId: call.tenantId,
    consumerTenantId: call.tenantId,
    applicationId: call.applicationId,
    keyId: call.keyId,
    subscriptionId: call.subscriptionId,
    planId: call.planId,
    apiId: call.apiId,
    apiVersionId: call.apiVersionId,
    routeId: call.routeId,
    promptVersionId: call.promptVersionId,
    kind: call.kind,
    method: call.method,
    path: call.path,
    status: CLOSED,
    code: null,
    model: asked.model.slug,
    providerId: asked.model.provider?.id ?? null,
    providerModel: asked.model.providerModel,
    stream: call.stream,
    abortedBy: 'none',
    usageSource: 'estimated',
    ...usage,
    costNano: asked.price === null ? '0' : priceUsage(asked.price, usage).toString(),
    currency: asked.price?.currency ?? call.currency,
    priceId: asked.price?.priceId ?? null,
    durationUs,
    upstreamUs: durationUs,
    ttftUs: null,
    requestBytes: call.requestBytes,
    responseBytes: 0,
    attempts: 1,
    node: call.node,
  };
}

/**
 * Records of the tries of a call that were let go while another answered: what they are known to have cost, at least, is the
 * publisher's, and no consumer's. `call` is the record of the call itself.
 */
export function lostTryEvents(exchange: Exchange, call: UsageEvent): UsageEvent[] {
  return (exchange.lostTries ?? []).map((asked, number) => lostEvent(exchange, call, asked, number));
}
