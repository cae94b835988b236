import { createHash } from 'node:crypto';
import type { SemanticRouting } from '@parley/contracts/policies/model-routing';
import type { MeaningRoute } from '@parley/contracts/usage-event';
import { likeness, quantised, type Vector } from '@parley/llm/meaning/vector';
import type { Exchange } from '../../exchange.ts';
import type { MeaningPlace } from '../../ports/meanings/meanings.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CompiledModel } from '../../snapshot/compiled.ts';
import { type Embedder, embedderOf } from './embedder.ts';
import { lastTurns } from './last-turns.ts';

/** Of a longer question only this much is looked at. */
const MAX_CHARS = 4000;
const EXAMPLES_WITHIN_MS = 15_000;
const KEEP_EXAMPLES_MS = 30 * 86_400_000;
/** After a failure examples are not asked for again sooner. */
const AGAIN_AFTER_MS = 10_000;

/** A route with what its examples mean, and what they mean together. */
interface KnownRoute {
  readonly name: string;
  readonly vectors: readonly Vector[];
}

/** The middle of several vectors, each counting the same. */
function centre(vectors: readonly Vector[]): Vector | null {
  const [first] = vectors;
  if (first === undefined || vectors.length < 2) return null;
  const sums = Array.from(first.bytes, (_byte, at) =>
    vectors.reduce((sum, { bytes, norm }) => sum + (bytes[at] ?? 0) / (norm || 1), 0),
  );
  return quantised(sums);
}

/**
 * Chooses a route for a call by the user's last turn: the one whose nearest example, or whose examples' middle, it is closest
 * to. What examples mean is found once: offline when first needed, by a model over one side call, and then kept for all nodes.
 */
export class MeaningRoutes {
  readonly settings: SemanticRouting;
  /** `null` where its model is not there: then no call fits any route. */
  readonly #embedder: Embedder | null;
  #known: readonly KnownRoute[] | null = null;
  #learning: Promise<void> | null = null;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(settings: SemanticRouting, models: ReadonlyMap<string, CompiledModel>) {
    this.settings = settings;
    this.#embedder = embedderOf(settings.embedding, models);
  }

  /** Decides for a call, within the time allowed. Never rejects. */
  decide(exchange: Exchange, ports: Ports): MeaningRoute | Promise<MeaningRoute> {
    const embedder = this.#embedder;
    const text = lastTurns(exchange.chat?.body ?? {}, 1, Number.POSITIVE_INFINITY)?.texts[0]?.slice(0, MAX_CHARS);
    if (text === undefined) return WORDLESS;
    if (embedder === null) return FAILED;
    const { withinMs } = this.settings;
    const use = { exchange, ports, purpose: 'routing', withinMs } as const;
    const asked = embedder.embed([text], use);
    const learnt = this.#learn(embedder, exchange, ports);
    if (learnt === null && !(asked instanceof Promise)) return this.#choose(asked?.[0]);
    const decided = Promise.all([asked, learnt]).then(([vectors]) => this.#choose(vectors?.[0]));
    return inTime(decided, withinMs);
  }

  #choose(vector: Vector | undefined): MeaningRoute {
    if (vector === undefined || this.#known === null) return FAILED;
    const scores = this.#known.map(({ name, vectors }) => {
      const nearest = Math.max(...vectors.map((example) => likeness(vector, example)));
      return { name, closeness: Math.round(nearest * 1000) / 1000 };
    });
    scores.sort((a, b) => b.closeness - a.closeness);
    const [nearest] = scores;
    if (nearest === undefined) return FAILED;
    const { name, closeness } = nearest;
    const fits = closeness >= this.settings.threshold;
    return { name: fits ? name : null, outcome: fits ? 'matched' : 'below', closeness, scores: scores.slice(0, 5) };
  }

  /** `null` where the examples are known, now; else when they are, or could not be. */
  #learn(embedder: Embedder, exchange: Exchange, ports: Ports): Promise<void> | null {
    if (this.#known !== null || ports.clock.nowMs() < this.#notBefore) return null;
    if (this.#learning !== null) return this.#learning;
    const examples = this.settings.routes.flatMap((route) => route.examples);
    const use = { exchange, ports, purpose: 'routing', withinMs: EXAMPLES_WITHIN_MS, outlives: true } as const;
    const hash = createHash('sha256')
      .update(JSON.stringify([embedder.kind, examples]))
      .digest('base64url');
    const { tenant } = exchange;
    const place: MeaningPlace = {
      tenantId: tenant?.id ?? '',
      dataKey: tenant?.dataKey ?? null,
      resource: `routes:${hash}`,
    };
    const now = embedder.kind.startsWith('offline') ? embedder.embed(examples, use) : null;
    if (now !== null && !(now instanceof Promise)) {
      this.#know(now, ports);
      return null;
    }
    this.#learning = this.#ask(embedder, examples, use, place).finally(() => {
      this.#learning = null;
    });
    return this.#learning;
  }

  async #ask(
    embedder: Embedder,
    examples: readonly string[],
    use: Parameters<Embedder['embed']>[1],
    place: MeaningPlace,
  ): Promise<void> {
    const kept = await use.ports.meanings.vectors(place);
    if (kept?.length === examples.length) return this.#know(kept, use.ports);
    const vectors = await embedder.embed(examples, use);
    if (vectors !== null) use.ports.meanings.keepVectors(place, vectors, KEEP_EXAMPLES_MS);
    this.#know(vectors, use.ports);
  }

  #know(vectors: readonly Vector[] | null, { clock }: Ports): void {
    if (vectors === null) {
      this.#notBefore = clock.nowMs() + AGAIN_AFTER_MS;
      return;
    }
    let at = 0;
    this.#known = this.settings.routes.map(({ name, examples }) => {
      const own = vectors.slice(at, at + examples.length);
      at += examples.length;
      const middle = centre(own);
      return { name, vectors: middle === null ? own : [...own, middle] };
    });
  }
}

const none = (outcome: MeaningRoute['outcome']): MeaningRoute => ({ name: null, outcome, closeness: null, scores: [] });
const FAILED = none('failed');
const LATE = none('late');
const WORDLESS = none('wordless');

/** The decision, or that it came too late. */
function inTime(decided: Promise<MeaningRoute>, withinMs: number): Promise<MeaningRoute> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(LATE), withinMs);
    void decided.then((route) => {
      clearTimeout(timer);
      resolve(route);
    });
  });
}
