import type { SemanticCache as Settings } from '@parley/contracts/policies/model-cache';
import { differs } from '@parley/llm/meaning/guard/differs';
import { type Meant, meantBy } from '@parley/llm/meaning/guard/meant';
import { likeness, type Vector } from '@parley/llm/meaning/vector';
import type { Exchange } from '../../exchange.ts';
import { type Embedded, type Embedder, embedderOf } from '../../models/embedding/embedder.ts';
import { lastTurns } from '../../models/embedding/last-turns.ts';
import type { Meaning, MeaningPlace } from '../../ports/meanings/meanings.ts';
import type { Ports } from '../../ports/ports.ts';
import type { EndpointSource } from '../../stage.ts';
import { bucketOf } from './question.ts';

/** A question, and what was found that asks the same. */
export interface Asked {
  readonly place: MeaningPlace;
  readonly bucket: string;
  readonly texts: readonly string[];
  readonly vector: Vector;
  /** The closest; `null` for none. */
  readonly found: Meaning | null;
  readonly closeness: number;
}

/** How many kept questions are compared word by word, closest first. */
const MAX_COMPARED = 20;

/** Texts compared turn by turn; the guard's reading of kept ones is not kept: they are compared rarely. */
function sameTurns(a: readonly Meant[], texts: readonly string[], wording: Settings['wording']): boolean {
  return (
    a.length === texts.length && a.every((meant, at) => differs(meant, meantBy(texts[at] ?? ''), wording) === null)
  );
}

/** Finds kept questions that ask the same as a call. Made when the endpoint is. */
export class SemanticCache {
  readonly settings: Settings;
  readonly #embedder: Embedder;

  constructor(settings: Settings, embedder: Embedder) {
    this.settings = settings;
    this.#embedder = embedder;
  }

  /** `null` for a call whose meaning is not looked at, or could not be had in time. */
  ask(exchange: Exchange, ports: Ports, resource: string, owner: string): Asked | null | Promise<Asked | null> {
    const { tenant, body, chat } = exchange;
    if (tenant === null || body === null || chat === null) return null;
    const { lastTurns: most, withinMs } = this.settings;
    const turns = lastTurns(JSON.parse(body.toString('utf8')) as Record<string, unknown>, most);
    // What guardrails have masked is not shown to an embedding's provider either.
    const shown = lastTurns(chat.body, most);
    if (turns === null || shown === null) return null;
    const place = { tenantId: tenant.id, dataKey: tenant.dataKey, resource };
    const bucket = bucketOf(exchange, [resource, owner, this.#embedder.kind], turns.rest);
    const use = { exchange, ports, purpose: 'cache', withinMs } as const;
    const embedded = this.#embedder.embed([shown.texts.join('\n')], use);
    const found = (vectors: Embedded): Asked | null | Promise<Asked | null> => {
      const [vector] = vectors ?? [];
      if (vector === undefined || exchange.settled) return null;
      const nowMs = ports.clock.nowMs();
      const candidates = ports.meanings.candidates(place, bucket, nowMs);
      const choose = (from: Iterable<Meaning>): Asked => ({
        place,
        bucket,
        texts: turns.texts,
        vector,
        ...this.#closest(vector, turns.texts, from, nowMs),
      });
      return candidates instanceof Promise ? candidates.then(choose) : choose(candidates);
    };
    return embedded instanceof Promise ? embedded.then(found) : found(embedded);
  }

  #closest(
    vector: Vector,
    texts: readonly string[],
    from: Iterable<Meaning>,
    nowMs: number,
  ): Pick<Asked, 'found' | 'closeness'> {
    const { threshold, wording } = this.settings;
    const near: { meaning: Meaning; closeness: number }[] = [];
    for (const meaning of from) {
      if (meaning.endsAtMs <= nowMs) continue;
      const closeness = likeness(vector, meaning.vector);
      if (closeness >= threshold) near.push({ meaning, closeness });
    }
    if (near.length === 0) return { found: null, closeness: 0 };
    near.sort((a, b) => b.closeness - a.closeness);
    const meant = texts.map(meantBy);
    const best = near.slice(0, MAX_COMPARED).find(({ meaning }) => sameTurns(meant, meaning.texts, wording));
    return best === undefined ? { found: null, closeness: 0 } : { found: best.meaning, closeness: best.closeness };
  }
}

/** Of an endpoint whose policy has one; `'unkept'` where its embedding model is not there any more. */
export function semanticOf({ policies, models }: EndpointSource): SemanticCache | null | 'unkept' {
  const settings = policies.modelCache?.semantic;
  if (settings === undefined) return null;
  const embedder = embedderOf(settings.embedding, models);
  return embedder === null ? 'unkept' : new SemanticCache(settings, embedder);
}
