import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import { MAX_RECORDED_TRIES, type TryOutcome, type TryReason, type TryRecord } from '@parley/contracts/usage-event';
import type { PriceRates } from '@parley/domain/price-rates';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';
import type { Relay } from '../stages/relay.ts';
import { type Receiver, UpstreamCall, type UpstreamRequest } from '../upstream/call.ts';
import type { RunningCall } from '../upstream/running-call.ts';
import type { TryFailure } from './failure.ts';
import type { ProviderKey } from './key-state.ts';
import { LimitWatch } from './limit-watch.ts';
import type { ModelStates } from './model-states.ts';

/** A relay of a model's answer: it knows whether its caller has been told anything. */
export interface ModelRelay extends Relay {
  /** The model has begun to answer, or the caller was told something of it. */
  readonly begun: boolean;
  /** HTTP status of the provider; 0 before it answered. */
  readonly status: number;
  /** Of a stream: what the caller has, where another try may go on with it; `null` where none may. */
  readonly said?: string | null;
  /** Goes on with what the exchange has prepared; `failed` hears of that try. */
  resume?(failed: (failure: TryFailure) => void): void;
  /** Of a stream whose caller has a part: it ends as the broken answer it is. */
  breakOff?(): void;
  /** The call of a try that is no ordinary request. */
  callFor?(request: UpstreamRequest): StartingCall;
}

interface StartingCall extends RunningCall {
  /** Something of it may have arrived at the provider. */
  readonly reached: boolean;
  start(): unknown;
}

/** An access token a provider is shown. `wasHeld`: it was at hand, so that it may have been withdrawn since. */
export interface ShownToken {
  readonly text: string;
  readonly wasHeld: boolean;
}

function withToken(request: UpstreamRequest, { text }: ShownToken): UpstreamRequest {
  return { ...request, headers: [...request.headers, 'authorization', `Bearer ${text}`] };
}

/** Whoever made two tries at once: which of them is heard, and when. */
export interface TryOwner {
  /** Something comes from a try: false where it is not to be heard any more. The exchange is that try's until `heard`. */
  hears(asked: Try): boolean;
  heard(asked: Try): void;
}

/**
 * One try of a call: a model is asked with one of its provider's keys, as the exchange had it prepared when the try was made.
 * Where two run at once, each puts in the exchange what is its own before its relay hears anything.
 */
export class Try implements Receiver {
  readonly reason: TryReason;
  /** Of its model among the candidates. */
  readonly at: number;
  readonly model: CompiledModel;
  readonly key: ProviderKey | null;
  readonly price: PriceRates | null;
  readonly request: UpstreamRequest;
  readonly relay: ModelRelay;
  readonly startedAt = performance.now();
  endedAt = 0;
  /** `null` where the provider takes the key itself, which the request holds already. */
  token: ShownToken | null = null;
  /** `null` until it is sent. */
  call: StartingCall | null = null;
  /** Set while a first token is waited for. */
  firstToken: NodeJS.Timeout | null = null;
  /** Nothing more is heard from it. */
  over = false;
  readonly #exchange: Exchange;
  readonly #way: Exchange['way'];
  readonly #operationWay: Exchange['operationWay'];
  readonly #losses: Exchange['losses'];
  #owner: TryOwner | null = null;
  #running = false;
  #tookRoom = false;

  constructor(exchange: Exchange, reason: TryReason, { at, model, request, relay }: Asked) {
    this.#exchange = exchange;
    this.reason = reason;
    this.at = at;
    this.model = model;
    this.request = request;
    this.relay = relay;
    this.key = exchange.key;
    this.price = exchange.price;
    this.#way = exchange.way;
    this.#operationWay = exchange.operationWay;
    this.#losses = exchange.losses;
  }

  /** Counts it against its key's limits. False where others have used the key up since it was chosen. */
  takeRoom(models: ModelStates, nowMs: number): boolean {
    const { key } = this;
    if (key === null || key.limits === null) return true;
    const state = models.ofKey(key.id);
    if (state.roomAtMs(key.limits, nowMs) > nowMs) return false;
    state.begins(nowMs);
    this.#tookRoom = true;
    return true;
  }

  /** Sends it. With an owner, what comes goes by that one; else straight to the relay. */
  send({ deadlines, models, clock }: Pick<Ports, 'deadlines' | 'models' | 'clock'>, owner: TryOwner | null): void {
    this.#owner = owner;
    this.#running = true;
    models.ofModel(this.model.id).running++;
    const request = this.token === null ? this.request : withToken(this.request, this.token);
    const heard = owner === null ? this.relay : this;
    const { key } = this;
    // Of keys there is a choice about, the heads of answers tell what is left of their budgets.
    const watched = key !== null && (key.limits !== null || (this.model.provider?.keys.length ?? 0) > 1);
    const receiver = watched ? new LimitWatch(heard, models.ofKey(key.id), clock) : heard;
    this.call = this.relay.callFor?.(request) ?? new UpstreamCall(this.#exchange, request, receiver, deadlines);
    this.call.start();
  }

  /** Nothing more is wanted of it: its connection is closed at once, if it still has one. */
  end(models: ModelStates): void {
    this.release(models);
    this.call?.abort();
  }

  /** It is over by itself, or its last bytes are read elsewhere. */
  release(models: ModelStates): void {
    if (!this.over) this.endedAt = performance.now();
    this.over = true;
    if (this.firstToken !== null) clearTimeout(this.firstToken);
    if (this.#running) models.ofModel(this.model.id).running--;
    this.#running = false;
    if (this.#tookRoom && this.key !== null) models.ofKey(this.key.id).ends();
    this.#tookRoom = false;
  }

  /** Makes the exchange this try's: what is read there of model, price and way. */
  enter(): void {
    const exchange = this.#exchange;
    exchange.model = this.model;
    exchange.key = this.key;
    exchange.price = this.price;
    exchange.way = this.#way;
    exchange.operationWay = this.#operationWay;
    exchange.losses = this.#losses;
    exchange.upstreamRequest = this.request;
    exchange.relay = this.relay;
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    if (!this.#owner?.hears(this)) return;
    this.relay.onHead(status, headers);
    this.#owner.heard(this);
  }

  onData(chunk: Buffer): void {
    if (!this.#owner?.hears(this)) return;
    this.relay.onData(chunk);
    this.#owner.heard(this);
  }

  onEnd(): void {
    if (!this.#owner?.hears(this)) return;
    this.relay.onEnd();
    this.#owner.heard(this);
  }

  onFail(code: RefusalCode, error: Error): void {
    if (!this.#owner?.hears(this)) return;
    this.relay.onFail(code, error);
    this.#owner.heard(this);
  }

  onBug(error: unknown): void {
    this.relay.onBug(error);
  }

  /** Milliseconds from its start to its first token; `null` where none came. */
  get firstTokenMs(): number | null {
    const { ttftUs, startedAt } = this.#exchange;
    if (ttftUs === null || !this.relay.begun) return null;
    const ms = ttftUs / 1000 - (this.startedAt - startedAt);
    // Of an answer that it only went on with the first token was another's.
    return ms < -1 ? null : Math.max(0, ms);
  }

  /** Adds it to the exchange's record of tries, in order of their start: the first ones are kept, and the last. */
  note(outcome: TryOutcome): void {
    const exchange = this.#exchange;
    exchange.tries ??= [];
    if (exchange.tries.length >= MAX_RECORDED_TRIES) exchange.tries.pop();
    exchange.tries.push(this.#record(outcome));
    exchange.tries.sort((a, b) => a.atMs - b.atMs);
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
      durationMs: Math.round((this.over ? this.endedAt : performance.now()) - this.startedAt),
      firstTokenMs: firstTokenMs === null ? null : Math.round(firstTokenMs),
      status: relay.status === 0 ? null : relay.status,
    };
  }
}

/** What a try is made of beside what the exchange has prepared. */
export interface Asked {
  readonly at: number;
  readonly model: CompiledModel;
  readonly request: UpstreamRequest;
  readonly relay: ModelRelay;
}
