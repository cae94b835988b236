import type { TryOutcome, TryReason } from '@parley/contracts/usage-event';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { refusal } from '../refusals.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';
import { refuse } from '../stages/refuse.ts';
import type { RunningCall } from '../upstream/running-call.ts';
import { fallsBack, mayPass, type TryFailure } from './failure.ts';
import { isKeyFailure, type ProviderKey } from './key-state.ts';
import { prepareCall } from './prepare.ts';
import { type ModelRelay, type ShownToken, Try } from './try.ts';

const FIRST_BACKOFF_MS = 200;

/** No access token is to be had for the key: the publisher's trouble, as a key that is refused. */
const NO_TOKEN: TryFailure = {
  kind: 'authentication',
  refusal: refusal('upstream_credentials'),
  retryAfterMs: 0,
};

/** Who was asked, or would have been. */
type Whom = Pick<Try, 'model' | 'key'>;

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
  #try: Try | null = null;
  /** Of the candidate that is being asked. */
  #at = 0;
  #triesHere = 0;
  #tries = 0;
  /** Of the first try: all that is waited for a model counts as the upstream's time. */
  #startedAt = 0;
  #wait: NodeJS.Timeout | null = null;
  #firstToken: NodeJS.Timeout | null = null;
  #over = false;

  constructor(exchange: Exchange, ports: Ports, makeRelay: MakeRelay) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#makeRelay = makeRelay;
  }

  pause(): void {
    this.#try?.call.pause();
  }

  resume(): void {
    this.#try?.call.resume();
  }

  abort(): void {
    this.#leave();
    this.#over = true;
  }

  /** Sends what was prepared, at once unless its provider wants an access token that is not at hand. */
  start(reason: TryReason = this.#exchange.earlier === null ? 'first' : 'repair'): void {
    const { model, key } = this.#exchange;
    this.#triesHere++;
    if (model?.provider?.format?.auth === 'google' && key !== null) this.#startWithToken(reason, model, key);
    else this.#send(reason, null);
  }

  #startWithToken(reason: TryReason, model: CompiledModel, key: ProviderKey): void {
    const { accessTokens } = this.#ports;
    const held = accessTokens.held(key);
    if (held !== null) return this.#send(reason, { text: held, wasHeld: true });
    void accessTokens.get(key).then((text) => {
      // Meanwhile the caller may have left.
      if (this.#over || this.#exchange.settled) return;
      if (text === null) this.#goOn({ model, key }, NO_TOKEN);
      else this.#send(reason, { text, wasHeld: false });
    });
  }

  #send(reason: TryReason, token: ShownToken | null): void {
    const exchange = this.#exchange;
    const relay = this.#makeRelay((failure) => this.#failed(failure));
    const { upstreamRequest: request, model } = exchange;
    if (relay === null || request === null || model === null) return refuse(exchange, refusal('internal'), this.#ports);
    this.#tries++;
    exchange.relay = relay;
    const asked = new Try(exchange, reason, { model, request, relay, token }, this.#ports.deadlines);
    if (this.#startedAt === 0) this.#startedAt = asked.startedAt;
    if (exchange.leftAt === 0) exchange.leftAt = this.#startedAt;
    this.#try = asked;
    asked.setRunning(true, this.#ports.models);
    this.#watchFirstToken(relay);
    asked.call.start();
    exchange.upstreamStartedAt = this.#startedAt;
  }

  /** The call is settled: what it says of its model and key. */
  settled(): void {
    const asked = this.#try;
    const { models, clock } = this.#ports;
    this.#over = true;
    this.#clearTimers();
    if (asked === null) return;
    this.#try = null;
    asked.setRunning(false, models);
    const outcome = this.#outcome();
    if (outcome !== 'answered' || this.#exchange.tries !== null) asked.note(outcome);
    if (outcome !== 'answered') return;
    const totalMs = performance.now() - asked.startedAt;
    models.ofModel(asked.model.id).worked(asked.firstTokenMs, totalMs, this.#exchange.outputTokens, clock.nowMs());
    if (asked.key !== null) models.ofKey(asked.key.id).worked();
  }

  #outcome(): TryOutcome {
    const { code, abortedBy } = this.#exchange;
    if (abortedBy === 'upstream') return 'cut';
    if (code === null) return 'answered';
    return abortedBy === 'client' ? 'client_left' : 'stopped';
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
      this.#try?.call.abort();
      this.#failed({ kind: 'timeout', refusal: refusal('upstream_timeout'), retryAfterMs: 0 });
    }, firstTokenMs);
  }

  #failed(failure: TryFailure): void {
    const exchange = this.#exchange;
    const asked = this.#try;
    if (this.#over || exchange.settled || asked === null) return;
    this.#leave();
    this.#try = null;
    asked.note(failure.kind);
    // Nothing of it was told: the first token is another's.
    exchange.ttftUs = null;
    if (!this.#anotherToken(asked, failure)) this.#goOn(asked, failure);
  }

  /** Asks somebody else, the same again, or gives up. */
  #goOn(asked: Whom, failure: TryFailure): void {
    const exchange = this.#exchange;
    this.#judge(asked, failure);
    if (this.#anotherKey(asked, failure) || this.#again(asked, failure) || this.#nextModel(failure)) return;
    this.#over = true;
    if (failure.kind === 'cut') exchange.abortedBy = 'upstream';
    refuse(exchange, failure.refusal, this.#ports);
  }

  /** A token that was at hand and is refused may have been withdrawn: the same is asked once more with a new one. */
  #anotherToken({ model, key, token }: Try, { kind }: TryFailure): boolean {
    if (kind !== 'authentication' || token === null || !token.wasHeld || key === null) return false;
    if (!this.#ports.accessTokens.refused(key, token.text)) return false;
    this.#triesHere--;
    return this.#askWith(model, key, 'key');
  }

  /** What a failure says of the model and the key. */
  #judge({ model, key }: Whom, { kind, retryAfterMs }: TryFailure): void {
    const { models, clock } = this.#ports;
    const nowMs = clock.nowMs();
    if (kind !== 'cut' && kind !== 'nonsense' && isKeyFailure(kind)) {
      if (key !== null) models.ofKey(key.id).failed(kind, retryAfterMs, nowMs);
    } else if (mayPass(kind)) models.ofModel(model.id).failed(nowMs);
  }

  /** A failure that is the key's: the provider's next key is asked at once, and that counts as no try. */
  #anotherKey({ key, model }: Whom, { kind }: TryFailure): boolean {
    if (kind === 'cut' || kind === 'nonsense' || !isKeyFailure(kind) || key === null) return false;
    this.#triedKeys.push(key.id);
    const left = (model.provider?.keys ?? []).filter(({ id }) => !this.#triedKeys.includes(id));
    if (left.length === 0) return false;
    this.#triesHere--;
    return this.#ask(model, 'key');
  }

  #again({ model }: Whom, { kind, retryAfterMs }: TryFailure): boolean {
    const { routing } = this.#exchange;
    if (!mayPass(kind) || this.#triesHere >= routing.tries) return false;
    // Where another model would be asked anyway, waiting for this one only costs time.
    if (retryAfterMs > 0 && this.#next() !== undefined) return false;
    const backoff = Math.random() * FIRST_BACKOFF_MS * 2 ** (this.#triesHere - 1);
    const waitMs = Math.max(retryAfterMs, backoff);
    if (waitMs > routing.maxWaitMs) return false;
    this.#wait = setTimeout(() => {
      this.#triedKeys.length = 0;
      if (!this.#over && !this.#ask(model, 'again'))
        refuse(this.#exchange, refusal('provider_unconfigured'), this.#ports);
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
      if (this.#ask(model, 'fallback')) return true;
    }
    return false;
  }

  #ask(model: CompiledModel, reason: TryReason): boolean {
    const { models, clock } = this.#ports;
    const key = models.chooseKey(model.provider?.keys ?? [], this.#triedKeys, clock.nowMs(), Math.random);
    return this.#askWith(model, key, reason);
  }

  #askWith(model: CompiledModel, key: ProviderKey | null, reason: TryReason): boolean {
    if (prepareCall(this.#exchange, this.#ports, model, key) !== null) return false;
    this.#exchange.key = key;
    this.start(reason);
    return true;
  }

  #clearTimers(): void {
    if (this.#wait !== null) clearTimeout(this.#wait);
    if (this.#firstToken !== null) clearTimeout(this.#firstToken);
  }

  #leave(): void {
    this.#clearTimers();
    this.#try?.setRunning(false, this.#ports.models);
    this.#try?.call.abort();
  }
}
