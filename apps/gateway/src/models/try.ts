import { MAX_RECORDED_TRIES, type TryOutcome, type TryReason, type TryRecord } from '@parley/contracts/usage-event';
import type { Exchange } from '../exchange.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';
import type { Relay } from '../stages/relay.ts';
import { UpstreamCall, type UpstreamRequest } from '../upstream/call.ts';
import type { Deadlines } from '../upstream/deadlines.ts';
import type { ProviderKey } from './key-state.ts';
import type { ModelStates } from './model-states.ts';

/** A relay of a model's answer: it knows whether its caller has been told anything. */
export interface ModelRelay extends Relay {
  /** The model has begun to answer, or the caller was told something of it. */
  readonly begun: boolean;
  /** HTTP status of the provider; 0 before it answered. */
  readonly status: number;
}

/** An access token a provider is shown. `wasHeld`: it was at hand, so that it may have been withdrawn since. */
export interface ShownToken {
  readonly text: string;
  readonly wasHeld: boolean;
}

function withToken(request: UpstreamRequest, { text }: ShownToken): UpstreamRequest {
  return { ...request, headers: [...request.headers, 'authorization', `Bearer ${text}`] };
}

/** One try of a call: a model is asked with one of its provider's keys, as the exchange has it prepared. */
export class Try {
  readonly reason: TryReason;
  readonly model: CompiledModel;
  readonly key: ProviderKey | null;
  readonly startedAt = performance.now();
  readonly relay: ModelRelay;
  readonly token: ShownToken | null;
  readonly call: UpstreamCall;
  readonly #exchange: Exchange;
  #running = false;

  constructor(exchange: Exchange, reason: TryReason, asked: Asked, deadlines: Deadlines) {
    this.#exchange = exchange;
    this.reason = reason;
    this.model = asked.model;
    this.key = exchange.key;
    this.relay = asked.relay;
    this.token = asked.token;
    const request = asked.token === null ? asked.request : withToken(asked.request, asked.token);
    this.call = new UpstreamCall(exchange, request, asked.relay, deadlines);
  }

  /** Counts among the model's running calls, or does no longer. */
  setRunning(running: boolean, models: ModelStates): void {
    if (running === this.#running) return;
    this.#running = running;
    models.ofModel(this.model.id).running += running ? 1 : -1;
  }

  /** Milliseconds from its start to its first token; `null` where none came. */
  get firstTokenMs(): number | null {
    const { ttftUs, startedAt } = this.#exchange;
    return ttftUs === null ? null : Math.max(0, ttftUs / 1000 - (this.startedAt - startedAt));
  }

  /** Adds it to the exchange's record of tries: the first ones are kept, and the last. */
  note(outcome: TryOutcome): void {
    const exchange = this.#exchange;
    exchange.tries ??= [];
    if (exchange.tries.length >= MAX_RECORDED_TRIES) exchange.tries.pop();
    exchange.tries.push(this.#record(outcome));
  }

  #record(outcome: TryOutcome): TryRecord {
    const { model, key, firstTokenMs, relay } = this;
    return {
      reason: this.reason,
      outcome,
      model: model.slug.slice(0, 120),
      providerId: model.provider?.id ?? null,
      keyId: key?.id ?? null,
      atMs: Math.round(this.startedAt - this.#exchange.startedAt),
      durationMs: Math.round(performance.now() - this.startedAt),
      firstTokenMs: firstTokenMs === null ? null : Math.round(firstTokenMs),
      status: relay.status === 0 ? null : relay.status,
    };
  }
}

/** What a try is made of beside what the exchange has prepared. */
export interface Asked {
  readonly model: CompiledModel;
  readonly request: UpstreamRequest;
  readonly relay: ModelRelay;
  /** `null` where the provider takes the key itself, which the request holds already. */
  readonly token: ShownToken | null;
}
