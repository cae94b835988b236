import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import type { OperationCall } from '@parley/llm/operations/operation';
import { membersOf } from '@parley/llm/operations/reply-members';
import { isProviderError } from '@parley/llm/translate';
import { OFFLINE_KIND, offlineVector } from '@parley/retrieval/offline';
import { type OpenModel, type OpenModelSettings, openModel } from '../prompts/open-model.ts';
import { askOperation } from '../providers/call-provider.ts';

/** The name that stands for vectors that ask nobody. */
export const OFFLINE = 'offline';
const DEADLINE_MS = 30_000;

/** Makes vectors of texts. Vectors of one kind only can be compared. */
export interface Embedder {
  readonly kind: string;
  /** One for each text, all of one length. Throws `EmbeddingFailed`. */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
}

/** A provider gave no vectors; the message says why, for the tenant. */
export class EmbeddingFailed extends Error {}

const OFFLINE_EMBEDDER: Embedder = {
  kind: OFFLINE_KIND,
  embed: (texts) => Promise.resolve(texts.map(offlineVector)),
};

/** The embedder of a collection's name for one. Throws `not_found` where that is a model the tenant does not have. */
async function openEmbedder(
  tx: Transaction,
  settings: OpenModelSettings,
  tenantId: string,
  name: string,
): Promise<Embedder> {
  if (name === OFFLINE) return OFFLINE_EMBEDDER;
  const model = await openModel(tx, settings, tenantId, name);
  return {
    kind: `model ${name} ${model.providerModel}`,
    embed: (texts) => askVectors(model, texts),
  };
}

/** An embedder of a name whose model is gone: it says so when it is asked. */
export async function embedderOrNone(
  tx: Transaction,
  settings: OpenModelSettings,
  tenantId: string,
  name: string,
): Promise<Embedder> {
  try {
    return await openEmbedder(tx, settings, tenantId, name);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kind: `none ${name}`, embed: () => Promise.reject(new EmbeddingFailed(error.message)) };
  }
}

async function askVectors(model: OpenModel, texts: readonly string[]): Promise<Float32Array[]> {
  const body = { input: texts, model: model.providerModel };
  const call: OperationCall = {
    operation: 'embeddings',
    dialect: 'openai',
    model: model.providerModel,
    batch: false,
    stream: false,
    contentType: 'application/json',
    bytes: Buffer.from(JSON.stringify(body)),
    body,
  };
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const asked = await askOperation(model.provider, call, signal).catch(() => 'failed' as const);
  if (asked === 'failed') {
    throw new EmbeddingFailed(
      signal.aborted ? 'The model did not answer in time.' : 'The model’s provider was not reached.',
    );
  }
  if (asked === null) throw new EmbeddingFailed('The model’s provider has no embeddings.');
  const { way, status, text } = asked;
  const answer =
    status === 200 && text !== null ? way.answer(text, call, { model: model.providerModel, id: '' }) : null;
  const vectors = answer === null || isProviderError(answer) ? null : vectorsOf(String(answer.text), texts.length);
  if (vectors === null) throw new EmbeddingFailed(`The model’s provider gave no vectors (${status}).`);
  return vectors;
}

/** The vectors of an answer in the order of their texts; `null` unless there is a good one for each. */
function vectorsOf(text: string, count: number): Float32Array[] | null {
  const data = membersOf(text, 'data');
  if (data?.length !== count) return null;
  const vectors: Float32Array[] = [];
  for (const [at, { embedding, index = at }] of data.entries()) {
    if (!Array.isArray(embedding) || embedding.length === 0 || !embedding.every(Number.isFinite)) return null;
    if (typeof index !== 'number' || !(index >= 0 && index < count) || index in vectors) return null;
    vectors[index] = Float32Array.from(embedding);
  }
  return vectors.every(({ length }) => length === vectors[0]?.length) ? vectors : null;
}
