import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { refusal } from '../refusals.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';
import { refuse } from '../stages/refuse.ts';
import type { Relay } from '../stages/relay.ts';
import { UpstreamCall } from '../upstream/call.ts';
import type { RunningCall } from '../upstream/running-call.ts';
import { fallsBack, mayPass, type TryFailure } from './failure.ts';
import { isKeyFailure } from './key-state.ts';
import { prepareCall } from './prepare.ts';

const FIRST_BACKOFF_MS = 200;

/** A relay of a model's answer: it knows whether its caller has been told anything. */
export interface ModelRelay extends Relay {
  /** The model has begun to answer, or the caller was told something of it. */
  readonly begun: boolean;
}

/** Makes the relay of one try; `failed` is called instead of refusing while nothing was told. */
export type MakeRelay = (failed: (failure: TryFailure) => void) => ModelRelay | null;

/**
 * A call to a model, over as many tries as its routing allows: with another key of the provider, at the same model again, at
 * the next model. Once the caller has been told anything there is no other try.
 */
export class ModelCall implements RunningCall {
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  readonly #makeRelay: MakeRelay;
  /** Keys that failed, by provider. */
  readonly #triedKeys: string[] = [];
  #call: UpstreamCall | null = null;
  /** Of the candidate that is being asked. */
  #at = 0;
  #triesHere = 0;
  #tries = 0;
  #startedAt = 0;
  #wait: NodeJS.Timeout | null = null;
  #firstToken: NodeJS.Timeout | null = null;
  #running = false;
  #over = false;

  constructor(exchange: Exchange, ports: Ports, makeRelay: MakeRelay) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#makeRelay = makeRelay;
  }

  pause(): void {
    this.#call?.pause();
  }

  resume(): void {
    this.#call?.resume();
  }

  abort(): void {
    this.#leave();
    this.#over = true;
  }

  /** Sends what was prepared. */
  start(): void {
    const exchange = this.#exchange;
    const relay = this.#makeRelay((failure) => this.#failed(failure));
    const request = exchange.upstreamRequest;
    if (relay === null || request === null) return refuse(exchange, refusal('internal'), this.#ports);
    this.#tries++;
    this.#triesHere++;
    this.#startedAt = performance.now();
    this.#setRunning(true);
    exchange.relay = relay;
    this.#call = new UpstreamCall(exchange, request, relay, this.#ports.deadlines);
    this.#watchFirstToken(relay);
    this.#call.start();
  }

  /** The call is settled: what it says of its model and key. */
  settled(): void {
    const { model, key, code, abortedBy, ttftUs, outputTokens } = this.#exchange;
    const { models, clock } = this.#ports;
    this.#over = true;
    this.#clearTimers();
    this.#setRunning(false);
    if (model === null || code !== null || abortedBy !== 'none') return;
    const totalMs = performance.now() - this.#startedAt;
    const waitedMs = this.#startedAt - this.#exchange.startedAt;
    const firstTokenMs = ttftUs === null ? null : Math.max(0, ttftUs / 1000 - waitedMs);
    models.ofModel(model.id).worked(firstTokenMs, totalMs, outputTokens, clock.nowMs());
    if (key !== null) models.ofKey(key.id).worked();
  }

  /** How many tries were made. */
  get tries(): number {
    return this.#tries;
  }

  #watchFirstToken(relay: ModelRelay): void {
    const { firstTokenMs } = this.#exchange.routing;
    if (firstTokenMs === undefined || !this.#exchange.stream) return;
    this.#firstToken = setTimeout(() => {
      if (this.#over || relay.begun) return;
      this.#call?.abort();
      this.#failed({ kind: 'timeout', refusal: refusal('upstream_timeout'), retryAfterMs: 0 });
    }, firstTokenMs);
  }

  #failed(failure: TryFailure): void {
    const exchange = this.#exchange;
    if (this.#over || exchange.settled) return;
    this.#leave();
    this.#note(failure);
    if (this.#anotherKey(failure) || this.#again(failure) || this.#nextModel(failure)) return;
    this.#over = true;
    if (failure.kind === 'cut') exchange.abortedBy = 'upstream';
    refuse(exchange, failure.refusal, this.#ports);
  }

  /** What a failure says of the model and the key. */
  #note({ kind, retryAfterMs }: TryFailure): void {
    const { model, key } = this.#exchange;
    const { models, clock } = this.#ports;
    const nowMs = clock.nowMs();
    if (kind !== 'cut' && kind !== 'nonsense' && isKeyFailure(kind)) {
      if (key !== null) models.ofKey(key.id).failed(kind, retryAfterMs, nowMs);
    } else if (model !== null && mayPass(kind)) models.ofModel(model.id).failed(nowMs);
  }

  /** A failure that is the key's: the provider's next key is asked at once, and that counts as no try. */
  #anotherKey({ kind }: TryFailure): boolean {
    const { key, model } = this.#exchange;
    if (kind === 'cut' || kind === 'nonsense' || !isKeyFailure(kind) || key === null || model === null) return false;
    this.#triedKeys.push(key.id);
    const left = (model.provider?.keys ?? []).filter(({ id }) => !this.#triedKeys.includes(id));
    if (left.length === 0) return false;
    this.#triesHere--;
    return this.#ask(model);
  }

  #again({ kind, retryAfterMs }: TryFailure): boolean {
    const { model, routing } = this.#exchange;
    if (model === null || !mayPass(kind) || this.#triesHere >= routing.tries) return false;
    // Where another model would be asked anyway, waiting for this one only costs time.
    if (retryAfterMs > 0 && this.#next() !== undefined) return false;
    const backoff = Math.random() * FIRST_BACKOFF_MS * 2 ** (this.#triesHere - 1);
    const waitMs = Math.max(retryAfterMs, backoff);
    if (waitMs > routing.maxWaitMs) return false;
    this.#wait = setTimeout(() => {
      this.#triedKeys.length = 0;
      if (!this.#over && !this.#ask(model)) refuse(this.#exchange, refusal('provider_unconfigured'), this.#ports);
    }, waitMs);
    return true;
  }

  #next(): CompiledModel | undefined {
    return this.#exchange.candidates[this.#at + 1];
  }

  #nextModel({ kind }: TryFailure): boolean {
    if (!fallsBack(kind, this.#exchange.routing.fallbackOn)) return false;
    for (let model = this.#next(); model !== undefined; model = this.#next()) {
      this.#at++;
      this.#triesHere = 0;
      this.#triedKeys.length = 0;
      // One that cannot be told the call is passed over.
      if (this.#ask(model)) return true;
    }
    return false;
  }

  #ask(model: CompiledModel): boolean {
    const exchange = this.#exchange;
    const { models, clock } = this.#ports;
    const key = models.chooseKey(model.provider?.keys ?? [], this.#triedKeys, clock.nowMs(), Math.random);
    if (prepareCall(exchange, this.#ports, model, key) !== null) return false;
    exchange.key = key;
    this.start();
    return true;
  }

  #setRunning(running: boolean): void {
    const { model } = this.#exchange;
    if (running === this.#running || model === null) return;
    this.#running = running;
    this.#ports.models.ofModel(model.id).running += running ? 1 : -1;
  }

  #clearTimers(): void {
    if (this.#wait !== null) clearTimeout(this.#wait);
    if (this.#firstToken !== null) clearTimeout(this.#firstToken);
  }

  #leave(): void {
    this.#clearTimers();
    this.#setRunning(false);
    this.#call?.abort();
  }
}
