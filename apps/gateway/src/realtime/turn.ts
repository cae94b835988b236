import type { UsageEvent } from '@parley/contracts/usage-event';
import { clampUnits, clampUsage } from '@parley/domain/call-usage';
import type { PriceRates } from '@parley/domain/price-rates';
import { priceUsage } from '@parley/domain/pricing';
import { newId } from '@parley/kernel/id';
import type { Usage } from '@parley/llm/neutral/usage';
import { estimatedRealtimeUsage, type Unaccounted } from '@parley/llm/realtime/usage';
import type { Exchange } from '../exchange.ts';
import type { Caller } from '../ports/keys/keys.ts';
import { usageEvent } from '../stages/settle.ts';

/** How a turn ended, for its record. */
export interface TurnEnding {
  readonly usage: Usage | null;
  readonly status: number;
  readonly code: string | null;
  readonly abortedBy: UsageEvent['abortedBy'];
  readonly finishReason: string | null;
  /** Of sound that was written down by a model sold by its length. */
  readonly audioMs?: number;
}

/** What is recorded of another model than the session's: of one that writes down what is heard. */
export interface TurnModel {
  readonly slug: string;
  readonly providerModel: string;
  readonly price: PriceRates;
}

/** One response of a session, from when it was asked for to its end: a call of its own in the records. */
export class Turn {
  readonly id = newId();
  readonly startedAt = performance.now();
  firstAt = 0;
  /** What of it has passed. */
  readonly said: Unaccounted = { text: 0, sound: 0 };
  bytes = 0;

  note(kind: 'text' | 'sound', amount: number, bytes: number): void {
    if (this.firstAt === 0) this.firstAt = performance.now();
    this.said[kind] += amount;
    this.bytes += bytes;
  }
}

/** The record of a turn. `contextTokens` and `heard` are for one whose provider told no usage. */
export function turnEvent(
  exchange: Exchange,
  caller: Caller,
  node: string,
  turn: Turn,
  ending: TurnEnding & { readonly model?: TurnModel; readonly contextTokens: number; readonly heard: Unaccounted },
): UsageEvent {
  const now = performance.now();
  const durationUs = Math.round((now - turn.startedAt) * 1000);
  const tokens = clampUsage(ending.usage ?? estimatedRealtimeUsage(ending.contextTokens, ending.heard, turn.said));
  const price = ending.model?.price ?? exchange.price;
  const { audioMs } = clampUnits({ audioMs: ending.audioMs ?? 0 });
  return {
    ...usageEvent(exchange, caller, node),
    id: turn.id,
    kind: 'chat',
    status: ending.status,
    code: ending.code,
    model: ending.model?.slug ?? exchange.model?.slug ?? null,
    providerModel: ending.model?.providerModel ?? exchange.model?.providerModel ?? null,
    stream: true,
    abortedBy: ending.abortedBy,
    usageSource: ending.usage === null ? 'estimated' : 'provider',
    inputTokens: tokens.inputTokens,
    cachedInputTokens: tokens.cachedInputTokens,
    audioInputTokens: tokens.audioInputTokens || undefined,
    cachedAudioInputTokens: tokens.cachedAudioInputTokens || undefined,
    audioOutputTokens: tokens.audioOutputTokens || undefined,
    imageInputTokens: tokens.imageInputTokens || undefined,
    cachedImageInputTokens: tokens.cachedImageInputTokens || undefined,
    imageOutputTokens: tokens.imageOutputTokens || undefined,
    audioMs: audioMs || undefined,
    outputTokens: tokens.outputTokens,
    reasoningTokens: tokens.reasoningTokens,
    finishReason: ending.finishReason?.slice(0, 40) ?? undefined,
    costNano: price === null ? '0' : priceUsage(price, { ...tokens, audioMs }).toString(),
    currency: price?.currency ?? 'USD',
    priceId: price?.priceId ?? null,
    durationUs,
    upstreamUs: durationUs,
    ttftUs: turn.firstAt === 0 ? null : Math.round((turn.firstAt - turn.startedAt) * 1000),
    requestBytes: 0,
    responseBytes: turn.bytes,
    attempts: 1,
    messages: undefined,
    tries: undefined,
  };
}
