import type { TryReason } from '@parley/contracts/usage-event';
import { continuedCall, takesPrefill } from '@parley/llm/continued-call';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';
import { fallsBack, isKeysFault, mayPass, type TryFailure } from './failure.ts';
import type { ProviderKey } from './key-state.ts';
import { prepareCall } from './prepare.ts';
import type { Try } from './try.ts';

const FIRST_BACKOFF_MS = 200;

/** What follows a failed try. It is prepared, unless it has to wait: then `again` prepares it. */
export interface Next {
  readonly reason: TryReason;
  readonly waitMs: number;
}

/** In which order models and their providers' keys are asked for one call: how far that has come, and what is next. */
export class Sequence {
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  /** Keys of the model that failed. */
  readonly #triedKeys: string[] = [];
  /** Place among the candidates of the model that is asked. */
  at = 0;
  #triesHere = 0;
  /** Candidate that failed as a second try. */
  #failedAt = -1;
  /** Candidates that may still be asked to go on with an answer. */
  #toResume: number[] | null = null;

  constructor(exchange: Exchange, ports: Ports) {
    this.#exchange = exchange;
    this.#ports = ports;
  }

  /** The model at `at` is asked. */
  noteTry(): void {
    this.#triesHere++;
  }

  /** What is asked after a failure of the only try that ran; `null` for nothing. */
  after(asked: Try, failure: TryFailure): Next | null {
    return this.#anotherKey(asked, failure) ?? this.#again(failure) ?? this.#nextModel(failure);
  }

  /** Prepares the same model once more, after the wait; false where it cannot be asked any longer. */
  again(model: CompiledModel): boolean {
    this.#triedKeys.length = 0;
    return this.#prepare(model, this.#keyFor(model, this.#triedKeys));
  }

  /** Prepares the same with the same key; that counts as no try. */
  withKey({ model, key }: Try): boolean {
    this.#triesHere--;
    return this.#prepare(model, key);
  }

  /** Prepares the next model that is in good health, or the same with a key that was not tried; its place, if there is one. */
  beside(asked: Try): number | null {
    const { candidates } = this.#exchange;
    const { models, clock } = this.#ports;
    for (let at = this.at + 1; at < candidates.length; at++) {
      const model = candidates[at] as CompiledModel;
      if (!models.ofModel(model.id).isReady(clock.nowMs())) continue;
      if (this.#prepare(model, this.#keyFor(model, []))) return at;
    }
    const key = asked.key && this.#keyFor(asked.model, [...this.#triedKeys, asked.key.id]);
    return key !== null && this.#prepare(asked.model, key) ? asked.at : null;
  }

  /**
   * Prepares what goes on with an answer of which `said` came: at the next models, or else at the same once more. False where
   * none can; the exchange is as it was then. Amounts in two currencies have no sum.
   */
  resume(asked: Try, said: string): boolean {
    const exchange = this.#exchange;
    const { chat, candidates } = exchange;
    if (chat === null) return false;
    this.#toResume ??= [...candidates.keys()].filter((place) => place > this.at).concat(this.at);
    for (let at = this.#toResume.shift(); at !== undefined; at = this.#toResume.shift()) {
      const model = candidates[at] ?? asked.model;
      const format = model.provider?.format ?? null;
      const before = exchange.continued;
      exchange.continued =
        format === null ? null : continuedCall(chat, said, takesPrefill(format.protocol, model.target, chat));
      if (exchange.continued !== null && this.#prepare(model, this.#keyFor(model, []))) {
        if (exchange.price?.currency === asked.price?.currency) {
          this.at = at;
          return true;
        }
        asked.enter();
      }
      exchange.continued = before;
    }
    return false;
  }

  /** One of two tries failed, and the other goes on as if it were the only one. */
  goOnWith(left: Try, failed: Try, { kind }: TryFailure): void {
    if (left.at !== this.at) {
      this.at = left.at;
      this.#triesHere = 1;
      this.#triedKeys.length = 0;
    } else if (failed.at !== left.at) this.#failedAt = failed.at;
    else if (isKeysFault(kind) && failed.key !== null) this.#triedKeys.push(failed.key.id);
  }

  /** A failure that is the key's: the provider's next key is asked at once, and that counts as no try. */
  #anotherKey({ key, model }: Try, { kind }: TryFailure): Next | null {
    if (!isKeysFault(kind) || key === null) return null;
    this.#triedKeys.push(key.id);
    const left = (model.provider?.keys ?? []).some(({ id }) => !this.#triedKeys.includes(id));
    if (!left || !this.#prepare(model, this.#keyFor(model, this.#triedKeys))) return null;
    this.#triesHere--;
    return { reason: 'key', waitMs: 0 };
  }

  #again({ kind, retryAfterMs }: TryFailure): Next | null {
    const { routing } = this.#exchange;
    if (!mayPass(kind) || this.#triesHere >= routing.tries) return null;
    // Where another model would be asked anyway, waiting for this one only costs time.
    if (retryAfterMs > 0 && this.#nextAt() !== null) return null;
    const backoff = Math.random() * FIRST_BACKOFF_MS * 2 ** (this.#triesHere - 1);
    const waitMs = Math.max(retryAfterMs, backoff);
    return waitMs > routing.maxWaitMs ? null : { reason: 'again', waitMs };
  }

  /** Place of the model to ask after this one; `null` for none. */
  #nextAt(): number | null {
    const next = this.at + 1 === this.#failedAt ? this.at + 2 : this.at + 1;
    return next < this.#exchange.candidates.length ? next : null;
  }

  #nextModel({ kind }: TryFailure): Next | null {
    const { candidates, routing } = this.#exchange;
    if (!fallsBack(kind, routing.fallbackOn)) return null;
    for (let at = this.#nextAt(); at !== null; at = this.#nextAt()) {
      this.at = at;
      this.#triesHere = 0;
      this.#triedKeys.length = 0;
      const model = candidates[at] as CompiledModel;
      // One that cannot be told the call is passed over.
      if (this.#prepare(model, this.#keyFor(model, this.#triedKeys))) return { reason: 'fallback', waitMs: 0 };
    }
    return null;
  }

  #keyFor({ provider }: CompiledModel, tried: readonly string[]): ProviderKey | null | 'full' {
    const { models, clock } = this.#ports;
    return models.chooseKey(provider?.keys ?? [], tried, clock.nowMs(), Math.random);
  }

  #prepare(model: CompiledModel, key: ProviderKey | null | 'full'): boolean {
    if (key === 'full' || prepareCall(this.#exchange, this.#ports, model, key) !== null) return false;
    this.#exchange.key = key;
    return true;
  }
}
