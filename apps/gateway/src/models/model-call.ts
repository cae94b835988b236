import type { TryOutcome, TryReason } from '@parley/contracts/usage-event';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { refusal } from '../refusals.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';
import { takenSoFar } from '../stages/cost.ts';
import { refuse } from '../stages/refuse.ts';
import type { RunningCall } from '../upstream/running-call.ts';
import { isKeysFault, mayPass, type TryFailure } from './failure.ts';
import { tellHealth } from './key-health.ts';
import { keyFull } from './keys-full.ts';
import { Sequence } from './sequence.ts';
import { type ModelRelay, Try, type TryOwner } from './try.ts';

/** No access token is to be had for the key: the publisher's trouble, as a key that is refused. */
const NO_TOKEN: TryFailure = {
  kind: 'authentication',
  refusal: refusal('upstream_credentials'),
  retryAfterMs: 0,
};

/** Tries to go on with one answer. */
const MOST_RESUMES = 2;

/** Makes the relay of one try; `failed` is called instead of refusing while nothing was told. */
export type MakeRelay = (failed: (failure: TryFailure) => void) => ModelRelay | null;

/**
 * A call to a model, over as many tries as its routing allows: with another key of the provider, at the same model again, at
 * the next model; and where the policy hedges, at another one while the first has not begun to answer. Once the caller has
 * been told anything there is no other try, unless the policy lets one go on with a text that broke off.
 */
export class ModelCall implements RunningCall, TryOwner {
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  readonly #makeRelay: MakeRelay;
  readonly #sequence: Sequence;
  #try: Try | null = null;
  /** Runs beside it: whichever begins to answer first is the only one then. */
  #rival: Try | null = null;
  #tries = 0;
  /** Of the first try: all that is waited for a model counts as the upstream's time. */
  #startedAt = 0;
  /** Until the next try, or until a second one at the same time. */
  #wait: NodeJS.Timeout | null = null;
  #hedged = false;
  #resumes = 0;
  #over = false;

  constructor(exchange: Exchange, ports: Ports, makeRelay: MakeRelay) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#makeRelay = makeRelay;
    this.#sequence = new Sequence(exchange, ports);
  }

  pause(): void {
    this.#try?.call?.pause();
  }

  resume(): void {
    this.#try?.call?.resume();
    this.#rival?.call?.resume();
  }

  abort(): void {
    this.#over = true;
    this.#clearWait();
    this.#try?.end(this.#ports.models);
    this.#rival?.end(this.#ports.models);
  }

  /** How many tries were made. */
  get tries(): number {
    return this.#tries;
  }

  /** Sends what was prepared. */
  start(
    reason: TryReason = this.#exchange.earlier === null ? 'first' : 'repair',
    begun: ModelRelay | null = null,
  ): void {
    const { routing, operation, version } = this.#exchange;
    const asked = this.#make(reason, this.#sequence.at, begun);
    if (asked === null) return refuse(this.#exchange, refusal('internal'), this.#ports);
    this.#sequence.noteTry();
    this.#try = asked;
    const { hedge } = routing;
    // What models do beside chat is dear or quick: never asked twice at once.
    const mayHedge =
      hedge !== undefined && operation === null && reason !== 'resume' && this.#exchange.kind !== 'websocket';
    if (mayHedge && version !== null && this.#tries === 0) {
      this.#ports.models.hedgesOf(version.id).noteCall(asked.startedAt);
    }
    if (mayHedge && !this.#hedged) this.#wait = setTimeout(() => this.#hedge(hedge.maxShare), hedge.afterMs);
    this.#send(asked, mayHedge);
  }

  /** The call is settled: what it says of its model and key. */
  settled(): void {
    const { models, clock } = this.#ports;
    const exchange = this.#exchange;
    this.#over = true;
    this.#clearWait();
    // Of two, the one whose answer it is has entered the exchange.
    if (this.#rival !== null && exchange.relay === this.#rival.relay)
      [this.#try, this.#rival] = [this.#rival, this.#try];
    const outcome = this.#outcome();
    if (this.#rival !== null) this.#lose(this.#rival, outcome === 'answered' ? 'lost' : outcome);
    const asked = this.#try;
    this.#try = null;
    if (asked === null) return;
    // Its connection goes back to the pool by itself once its answer is read.
    asked.release(models);
    if (outcome !== 'answered' || exchange.tries !== null) asked.note(outcome);
    if (asked.key?.limits?.tokensPerMinute !== undefined) {
      models.ofKey(asked.key.id).used(exchange.inputTokens + exchange.outputTokens, clock.nowMs());
    }
    if (outcome !== 'answered') return;
    const totalMs = performance.now() - asked.startedAt;
    // How long a session was open says nothing of how fast its model is.
    if (exchange.kind !== 'websocket')
      models.ofModel(asked.model.id).worked(asked.firstTokenMs, totalMs, exchange.outputTokens, clock.nowMs());
    if (asked.key === null) return;
    models.ofKey(asked.key.id).worked();
    tellHealth(exchange, this.#ports, asked.key.id, null);
  }

  hears(asked: Try): boolean {
    if (this.#over || asked.over) return false;
    if (this.#rival !== null) asked.enter();
    return true;
  }

  heard(asked: Try): void {
    if (this.#rival === null || this.#over || asked.over) return;
    if (asked.relay.begun) this.#win(asked);
    else if (asked === this.#rival) this.#try?.enter();
  }

  #outcome(): TryOutcome {
    const { code, abortedBy } = this.#exchange;
    if (abortedBy === 'upstream') return 'cut';
    if (code === null) return 'answered';
    return abortedBy === 'client' ? 'client_left' : 'stopped';
  }

  /** A try of what the exchange has prepared; `null` where nothing is. `begun`: the relay of an answer it goes on with. */
  #make(reason: TryReason, at: number, begun: ModelRelay | null = null): Try | null {
    const exchange = this.#exchange;
    let asked: Try | null = null;
    const failed = (failure: TryFailure): void => {
      if (asked !== null) this.#failed(asked, failure);
    };
    const relay = begun ?? this.#makeRelay(failed);
    begun?.resume?.(failed);
    const { upstreamRequest: request, model } = exchange;
    if (relay === null || request === null || model === null) return null;
    exchange.relay = relay;
    asked = new Try(exchange, reason, { at, model, request, relay });
    return asked;
  }

  /** Sends it, at once unless its provider wants an access token that is not at hand. */
  #send(asked: Try, raced: boolean): void {
    const { key, model } = asked;
    const { clock, models } = this.#ports;
    if (!asked.takeRoom(models, clock.nowMs())) return this.#failed(asked, keyFull(this.#ports, model));
    this.#tries++;
    if (key === null || model.provider?.format?.auth !== 'google') return this.#sendNow(asked, raced);
    const { accessTokens } = this.#ports;
    const held = accessTokens.held(key);
    if (held !== null) {
      asked.token = { text: held, wasHeld: true };
      return this.#sendNow(asked, raced);
    }
    void accessTokens.get(key).then((text) => {
      // Meanwhile the caller may have left, or another begun to answer.
      if (this.#over || this.#exchange.settled || asked.over) return;
      if (text === null) return this.#failed(asked, NO_TOKEN);
      asked.token = { text, wasHeld: false };
      this.#sendNow(asked, raced);
    });
  }

  #sendNow(asked: Try, raced: boolean): void {
    const exchange = this.#exchange;
    const { firstTokenMs } = exchange.routing;
    if (this.#startedAt === 0) this.#startedAt = asked.startedAt;
    if (exchange.leftAt === 0) exchange.leftAt = this.#startedAt;
    if (firstTokenMs !== undefined && exchange.stream) {
      asked.firstToken = setTimeout(() => {
        if (asked.over || asked.relay.begun) return;
        this.#failed(asked, { kind: 'timeout', refusal: refusal('upstream_timeout'), retryAfterMs: 0 });
      }, firstTokenMs);
    }
    asked.send(this.#ports, raced ? this : null);
    exchange.upstreamStartedAt = this.#startedAt;
  }

  #failed(asked: Try, failure: TryFailure): void {
    const exchange = this.#exchange;
    if (this.#over || exchange.settled || asked.over) return;
    asked.end(this.#ports.models);
    asked.note(failure.kind);
    if (this.#rival !== null) {
      if (!this.#tokenRefused(asked, failure)) this.#judge(asked, failure);
      return this.#goOnWithout(asked, failure);
    }
    this.#clearWait();
    this.#try = null;
    if (exchange.headSent) return this.#goOn(asked, failure);
    // Nothing of it was told: the first token is another's.
    exchange.ttftUs = null;
    if (this.#tokenRefused(asked, failure) && this.#sequence.withKey(asked)) return this.start('key');
    this.#judge(asked, failure);
    const next = this.#sequence.after(asked, failure);
    if (next?.reason === 'again') return this.#askAgain(asked.model, next.waitMs, failure);
    if (next !== null) return this.start(next.reason);
    this.#over = true;
    if (failure.kind === 'cut') exchange.abortedBy = 'upstream';
    refuse(exchange, failure.refusal, this.#ports);
  }

  /** The caller has a part of the answer: another try goes on with it, or it ends as a broken one. */
  #goOn(asked: Try, failure: TryFailure): void {
    const exchange = this.#exchange;
    const { relay } = asked;
    this.#judge(asked, failure);
    const said = relay.said ?? null;
    const may = said !== null && mayPass(failure.kind) && exchange.routing.resume && this.#resumes < MOST_RESUMES;
    relay.noteUsage();
    const taken = takenSoFar(exchange, 0);
    if (may && this.#sequence.resume(asked, said)) {
      this.#resumes++;
      exchange.earlier = taken;
      return this.start('resume', relay);
    }
    this.#over = true;
    relay.breakOff?.();
  }

  #askAgain(model: CompiledModel, waitMs: number, { refusal: told }: TryFailure): void {
    this.#wait = setTimeout(() => {
      if (this.#over) return;
      if (this.#sequence.again(model)) this.start('again');
      else refuse(this.#exchange, told, this.#ports);
    }, waitMs);
  }

  /** A token that was at hand may have been withdrawn: true where the same key may do with a new one. */
  #tokenRefused({ key, token }: Try, { kind }: TryFailure): boolean {
    if (kind !== 'authentication' || token === null || !token.wasHeld || key === null) return false;
    return this.#ports.accessTokens.refused(key, token.text);
  }

  /** What a failure says of the model and the key. */
  #judge({ model, key, call }: Try, { kind, retryAfterMs }: TryFailure): void {
    const { models, clock } = this.#ports;
    // Not sent, for its key is at its limits: that says nothing of how the key fares.
    if (kind === 'rate_limit' && call === null) return;
    const nowMs = clock.nowMs();
    if (isKeysFault(kind)) {
      if (key === null) return;
      models.ofKey(key.id).failed(kind, retryAfterMs, nowMs);
      tellHealth(this.#exchange, this.#ports, key.id, kind);
    } else if (mayPass(kind)) models.ofModel(model.id).failed(nowMs);
  }

  /** One of two failed: the other goes on as if it were the only one. */
  #goOnWithout(failed: Try, failure: TryFailure): void {
    const left = failed === this.#try ? this.#rival : this.#try;
    this.#try = left;
    this.#rival = null;
    if (left === null) return;
    left.enter();
    this.#exchange.upstreamUs = 0;
    this.#sequence.goOnWith(left, failed, failure);
  }

  /** Asks another model, or the same with another key, while the first has not begun to answer. */
  #hedge(share: number): void {
    this.#wait = null;
    const { version, settled } = this.#exchange;
    const asked = this.#try;
    if (this.#over || settled || version === null || asked === null || asked.relay.begun) return;
    const now = performance.now();
    const budget = this.#ports.models.hedgesOf(version.id);
    if (!budget.allows(share, now)) return;
    const at = this.#sequence.beside(asked);
    const rival = at === null ? null : this.#make('hedge', at);
    if (rival !== null) {
      budget.take(now);
      this.#hedged = true;
      this.#rival = rival;
      this.#send(rival, true);
    }
    // Until something comes of the second the exchange stays the first's.
    if (this.#rival !== null || rival === null) asked.enter();
  }

  #win(asked: Try): void {
    const other = asked === this.#try ? this.#rival : this.#try;
    this.#try = asked;
    this.#rival = null;
    this.#sequence.at = asked.at;
    if (other !== null) this.#lose(other, 'lost');
    this.#exchange.upstreamUs = 0;
  }

  /** Ends the one whose answer is not wanted; what it may have cost is noted. */
  #lose(asked: Try, outcome: TryOutcome): void {
    const { models, clock } = this.#ports;
    asked.end(models);
    asked.note(outcome);
    if (outcome === 'lost')
      models.ofModel(asked.model.id).tookLonger(performance.now() - asked.startedAt, clock.nowMs());
    if (!asked.call?.reached) return;
    this.#exchange.lostTries ??= [];
    this.#exchange.lostTries.push(asked);
  }

  #clearWait(): void {
    if (this.#wait !== null) clearTimeout(this.#wait);
    this.#wait = null;
  }
}
