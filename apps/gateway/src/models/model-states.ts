import { HedgeBudget } from './hedge-budget.ts';
import { KeyState, type ProviderKey } from './key-state.ts';
import { ModelState } from './model-state.ts';

/** More than any node serves; of what was not asked for lately the rest is forgotten. */
const MAX_KNOWN = 20_000;

function find<T>(known: Map<string, T>, id: string, make: () => T): T {
  let state = known.get(id);
  if (state === undefined) {
    const [oldest] = known.keys();
    if (known.size >= MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    state = make();
    known.set(id, state);
  }
  return state;
}

/** What this node knows of models and of providers' keys, by id: it outlives the configuration they came with. */
export class ModelStates {
  readonly #models = new Map<string, ModelState>();
  readonly #keys = new Map<string, KeyState>();
  readonly #hedges = new Map<string, HedgeBudget>();

  ofModel(id: string): ModelState {
    return find(this.#models, id, () => new ModelState());
  }

  ofKey(id: string): KeyState {
    return find(this.#keys, id, () => new KeyState());
  }

  /** How many second tries the calls of an API's version made lately. */
  hedgesOf(versionId: string): HedgeBudget {
    return find(this.#hedges, versionId, () => new HedgeBudget());
  }

  /** From when some of the keys has room for a call by its limits, in Unix milliseconds. */
  roomAtMs(keys: readonly ProviderKey[], nowMs: number): number {
    return keys.reduce((soonest, key) => Math.min(soonest, this.#roomAtMs(key, nowMs)), Number.POSITIVE_INFINITY);
  }

  #roomAtMs({ id, limits }: ProviderKey, nowMs: number): number {
    return limits === null ? nowMs : this.ofKey(id).roomAtMs(limits, nowMs);
  }

  /**
   * A key to call with: by weight among those that have room, are not resting and were not tried; when all rest, the one that
   * rests the shortest, unless all were tried. `null` when none is left; `full` when none has room.
   */
  chooseKey(
    keys: readonly ProviderKey[],
    tried: readonly string[],
    nowMs: number,
    random: () => number,
  ): ProviderKey | null | 'full' {
    const untried = keys.filter(({ id }) => !tried.includes(id));
    if (untried.length === 0) return null;
    const left = untried.filter((key) => this.#roomAtMs(key, nowMs) <= nowMs);
    if (left.length <= 1) return left[0] ?? 'full';
    const pool = [...left];
    while (pool.length > 0) {
      const at = pickByWeight(pool, random());
      const key = pool[at] as ProviderKey;
      if (this.ofKey(key.id).isReady(nowMs)) return key;
      pool.splice(at, 1);
    }
    return left.reduce((best, key) =>
      this.ofKey(key.id).restsUntilMs < this.ofKey(best.id).restsUntilMs ? key : best,
    );
  }
}

/** Index of one, in proportion to the weights; `point` is from 0 to 1. Without any weight the first. */
export function pickByWeight(from: readonly { readonly weight: number }[], point: number): number {
  const sum = from.reduce((total, { weight }) => total + weight, 0);
  let rest = point * sum;
  for (let at = 0; at < from.length; at++) {
    rest -= (from[at] as { weight: number }).weight;
    if (rest < 0) return at;
  }
  return 0;
}
