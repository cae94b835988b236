import { endUserOf, tagsOf } from '@parley/contracts/attribution';
import { sessionIdOf } from '@parley/contracts/session-id';
import type { UsageEvent } from '@parley/contracts/usage-event';
import type { Exchange } from '../exchange.ts';
import { lostTryEvents } from '../models/lost-tries.ts';
import { returnUse } from '../party/draw-use.ts';
import { partyRecord } from '../party/party-record.ts';
import type { Canary } from '../policies/split/canary.ts';
import type { Caller } from '../ports/keys/keys.ts';
import type { Ports } from '../ports/ports.ts';
import { breakOff, deliver } from '../wire/deliver.ts';
import { costSoFar } from './cost.ts';
import { limitRecord } from './limit-record.ts';
import { taken } from './taken.ts';

const NO_PRICE_CURRENCY = 'USD';

/** Time spent at the upstream; a stream is settled at its last byte, when its upstream call has not ended yet. */
function upstreamUsAt(exchange: Exchange, now: number): number {
  const before = exchange.earlier?.upstreamUs ?? 0;
  if (exchange.upstreamUs > 0 || exchange.upstreamStartedAt === 0) return before + exchange.upstreamUs;
  return before + Math.round((now - exchange.upstreamStartedAt) * 1000);
}

/** Door to the first try at a model. */
function leftUsOf({ leftAt, startedAt }: Exchange): number | undefined {
  return leftAt === 0 ? undefined : Math.max(0, Math.round((leftAt - startedAt) * 1000));
}

/** The record of a call, from what the stages noted. */
export function usageEvent(exchange: Exchange, caller: Caller, node: string): UsageEvent {
  const { subscription, model, price, side } = exchange;
  const tenantId = exchange.tenant?.id ?? caller.application.tenantId;
  const now = performance.now();
  const body = (exchange.chat ?? exchange.operation)?.body;
  return {
    id: exchange.id,
    tenantId,
    // What the gateway asks for itself costs the publisher, unless its policy says otherwise.
    consumerTenantId: side === null || side.ask.payer === 'consumer' ? caller.application.tenantId : tenantId,
    applicationId: caller.application.id,
    keyId: caller.key.id,
    subscriptionId: subscription?.id ?? null,
    planId: subscription?.planId ?? null,
    apiId: exchange.api?.id ?? null,
    apiVersionId: exchange.version?.id ?? null,
    routeId: exchange.route?.id ?? null,
    promptVersionId: exchange.promptVersionId,
    kind: exchange.kind,
    method: exchange.method.slice(0, 10),
    path: exchange.path.length > 512 ? exchange.path.slice(0, 512) : exchange.path,
    status: exchange.status,
    code: exchange.code,
    model: model?.slug ?? null,
    providerId: model?.provider?.id ?? null,
    providerModel: exchange.providerModel ?? model?.providerModel ?? null,
    stream: exchange.stream,
    abortedBy: exchange.abortedBy,
    usageSource: exchange.usageSource,
    inputTokens: exchange.inputTokens,
    cachedInputTokens: exchange.cachedInputTokens,
    cacheWriteInputTokens: exchange.cacheWriteInputTokens || undefined,
    cacheWrite1hInputTokens: exchange.cacheWrite1hInputTokens || undefined,
    audioInputTokens: exchange.audioInputTokens || undefined,
    cachedAudioInputTokens: exchange.cachedAudioInputTokens || undefined,
    audioOutputTokens: exchange.audioOutputTokens || undefined,
    imageInputTokens: exchange.imageInputTokens || undefined,
    cachedImageInputTokens: exchange.cachedImageInputTokens || undefined,
    imageOutputTokens: exchange.imageOutputTokens || undefined,
    images: exchange.images || undefined,
    imageClass: exchange.imageClass || undefined,
    audioMs: exchange.audioMs || undefined,
    characters: exchange.characters || undefined,
    searchUnits: exchange.searchUnits || undefined,
    pages: exchange.pages || undefined,
    finishReason: exchange.finishReason ?? undefined,
    outputTokens: exchange.outputTokens,
    reasoningTokens: exchange.reasoningTokens,
    costNano: costSoFar(exchange).toString(),
    currency: price?.currency ?? NO_PRICE_CURRENCY,
    priceId: price?.priceId ?? null,
    durationUs: Math.round((now - exchange.startedAt) * 1000),
    upstreamUs: upstreamUsAt(exchange, now),
    ttftUs: exchange.ttftUs,
    requestBytes: exchange.requestBytes,
    responseBytes: exchange.responseBytes,
    attempts: exchange.attempts,
    tries: exchange.tries ?? undefined,
    cache: exchange.cacheUse,
    variant: exchange.variant,
    outputCheck: exchange.outputCheck,
    guard: exchange.guard?.record(),
    knowledge: exchange.knowledge?.record,
    sessionId: sessionIdOf(exchange.sessionHeader, body),
    endUser: endUserOf(exchange.userHeader, body),
    tags: tagsOf(exchange.tagsHeader),
    party: partyRecord(exchange),
    limit: limitRecord(exchange),
    leftUs: leftUsOf(exchange),
    messages: exchange.messages,
    meaningRoute: exchange.meaningRoute,
    semantic: exchange.semantic,
    purpose: side?.ask.purpose,
    parentId: side?.parentId,
    node,
  };
}

/** Only calls that went upstream and that the client waited for say something of a variant. */
function noteOutcome(exchange: Exchange, canary: Canary, ports: Ports): void {
  if (exchange.upstreamStartedAt === 0 || exchange.abortedBy === 'client') return;
  const failed = exchange.status >= 500 || exchange.abortedBy === 'upstream';
  const latencyUs = upstreamUsAt(exchange, performance.now());
  canary.note(exchange.variant, { failed, latencyUs, nowMs: ports.clock.nowMs() });
}

/**
 * The end of every call, once: its usage event is made durable, and only then the last byte of its answer goes out.
 * Calls of nobody we know leave no record.
 */
export function settle(exchange: Exchange, ports: Ports, finish: (exchange: Exchange) => void = deliver): void {
  if (exchange.settled) return;
  exchange.settled = true;
  const { caller, keeping, context, held, canary, modelCall, sideCalls, side } = exchange;
  if (sideCalls !== null) for (const made of sideCalls) made.parentEnded();
  modelCall?.settled();
  returnUse(exchange, ports);
  if (held !== null) ports.limiter.rules.release(held, exchange.recordedLater ? null : taken(exchange));
  if (canary !== null) noteOutcome(exchange, canary, ports);
  if (caller === null) return finish(exchange);
  if (side !== null) return record(exchange, caller, ports, tellAsker);
  if (keeping === null && context === null) return record(exchange, caller, ports, finish);
  const kept = Promise.all([keeping?.end(exchange), context?.end(exchange)]);
  void kept.then(() => record(exchange, caller, ports, finish));
}

/** Of a side call: whoever asked learns how it ended. */
function tellAsker(exchange: Exchange): void {
  exchange.side?.recorded(exchange);
}

/** Nobody waits for it. */
function leave(): void {}

function record(exchange: Exchange, caller: Caller, ports: Ports, finish: (exchange: Exchange) => void): void {
  if (exchange.recordedLater) return finish(exchange);
  const event = usageEvent(exchange, caller, ports.node);
  // Before the call's own, so that what lets its last byte go makes them durable too.
  if (exchange.lostTries !== null) {
    for (const lost of lostTryEvents(exchange, event)) ports.meter.record(lost, leave, exchange);
  }
  ports.meter.record(event, finish, exchange);
  if (ports.observer !== null) ports.observer.ended(exchange, event);
  if (exchange.bodies !== null) ports.bodies.take(exchange, exchange.bodies);
}

/** Ends a call whose raw answer can only be broken off: recorded, then the connection is closed. */
export function settleBroken(exchange: Exchange, ports: Ports): void {
  settle(exchange, ports, breakOff);
}
