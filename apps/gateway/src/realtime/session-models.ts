import { priceAt } from '@parley/domain/pricing';
import { isObject } from '@parley/llm/object';
import { modelNames } from '@parley/llm/realtime/session';
import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';

/** The models a session names: the caller's names on one side, the provider's on the other. */
export class SessionModels {
  /** Writes down what is heard, if one does. */
  transcriber: CompiledModel | null = null;
  readonly #exchange: Exchange;
  readonly #transcribers = new Map<string, CompiledModel>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Puts the provider's names into a caller's settings; `changed` when there were any. Refuses one that is not at hand. */
  toProvider(session: unknown, nowMs: number): { changed: boolean; refused: Refusal | null } {
    const names = modelNames(session);
    for (const { purpose, holder, key, name, path } of names) {
      const model = purpose === 'session' ? this.#own(name) : this.#named(name, nowMs);
      if (model === null) {
        const message = `\`${path}\`: no model named \`${name.slice(0, 120)}\` is at hand for this session.`;
        return { changed: false, refused: refusal('model_not_found', { message, param: path }) };
      }
      if (purpose === 'transcription') {
        this.transcriber = model;
        this.#transcribers.set(model.providerModel, model);
      }
      holder[key] = model.providerModel;
    }
    return { changed: names.length > 0, refused: null };
  }

  /** Puts the caller's names into the settings a provider tells. */
  toCaller(session: unknown): void {
    const { model, modelPath } = this.#exchange;
    for (const { purpose, holder, key, name } of modelNames(session)) {
      const own = modelPath?.model ?? model?.slug;
      holder[key] = purpose === 'session' ? own : (this.#transcribers.get(name)?.slug ?? 'unknown');
    }
    // Of the protocol's older form; it would open sessions at the provider.
    if (isObject(session)) delete session['client_secret'];
  }

  #own(name: string): CompiledModel | null {
    const { model, modelPath } = this.#exchange;
    return model !== null && (name === model.slug || name === modelPath?.model) ? model : null;
  }

  /** A model of the same API at the same provider, with a price. */
  #named(name: string, nowMs: number): CompiledModel | null {
    const { version, model } = this.#exchange;
    const found = version?.target.kind === 'llm' ? version.target.models.get(name) : undefined;
    if (found === undefined || found.alias !== null || found.provider?.id !== model?.provider?.id) return null;
    return priceAt(found.prices, nowMs) === null ? null : found;
  }
}
