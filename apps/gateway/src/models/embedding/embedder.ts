import type { SidePurpose } from '@parley/contracts/usage-event';
import { plainWords } from '@parley/llm/meaning/guard/meant';
import { offlineEmbedding } from '@parley/llm/meaning/offline';
import { quantised, type Vector } from '@parley/llm/meaning/vector';
import type { Exchange } from '../../exchange.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CompiledModel } from '../../snapshot/compiled.ts';
import { embeddingQuestion, embeddingReply } from '../side/asks.ts';

/** The name that stands for the gateway's own embedding, which asks nobody. */
export const OFFLINE = 'offline';

/** For which call, and what for, meanings are asked. */
export interface EmbeddingUse {
  readonly exchange: Exchange;
  readonly ports: Ports;
  readonly purpose: SidePurpose;
  /** How long it may take, in milliseconds. */
  readonly withinMs: number;
  /** It goes on when the call has ended. */
  readonly outlives?: boolean;
}

/** One vector for each text, in their order; `null` where one could not be had. */
export type Embedded = readonly Vector[] | null;

/** Tells what texts mean: by a tenant's model, or offline. Vectors of one kind only can be compared. */
export interface Embedder {
  /** Names whose vectors these are: never the same for two models. */
  readonly kind: string;
  /** Never throws or rejects. At once where nobody has to be asked. */
  embed(texts: readonly string[], use: EmbeddingUse): Embedded | Promise<Embedded>;
}

function allOf(vectors: readonly (Vector | null)[]): Embedded {
  return vectors.every((vector) => vector !== null) ? vectors : null;
}

/** By the spelling of the texts' words, courtesy left out; a change of how makes a new kind. */
export const OFFLINE_EMBEDDER: Embedder = {
  kind: 'offline 1',
  embed: (texts) => allOf(texts.map((text) => offlineEmbedding(plainWords(text)))),
};

/** By one of the tenant's models, as a call of the gateway's own. */
export function modelEmbedder(model: CompiledModel): Embedder {
  return {
    kind: `model ${model.id} ${model.providerModel}`,
    async embed(texts, { exchange, ports, purpose, withinMs, outlives = false }) {
      const operation = embeddingQuestion(model, texts);
      const ask = { purpose, model, chat: null, operation, withinMs, outlives };
      const outcome = await ports.sideCalls.ask(exchange, ports, ask);
      const vectors = outcome.ok ? embeddingReply(outcome.text, texts.length) : null;
      return vectors && allOf(vectors.map(quantised));
    },
  };
}

/** The embedder of a policy's name for one; `null` for a name without a model: then the policy cannot be kept. */
export function embedderOf(name: string, models: ReadonlyMap<string, CompiledModel>): Embedder | null {
  if (name === OFFLINE) return OFFLINE_EMBEDDER;
  const model = models.get(name);
  return model === undefined ? null : modelEmbedder(model);
}
