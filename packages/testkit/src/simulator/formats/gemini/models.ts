import { deliverJson } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { MODELS, parseModel } from '../../models.ts';

/** `GET /v1beta/models` and `/v1beta/models/{model}`, and the same of Vertex AI's publisher models. */
function modelObject(id: string, about = 'another name for the simulator'): object {
  const embeds = id.startsWith('sim-embedding');
  return {
    name: `models/${id}`,
    version: 'simulated',
    displayName: `${id} (simulated by Parley)`,
    description: about,
    inputTokenLimit: embeds ? 2048 : 1_048_576,
    outputTokenLimit: embeds ? 1 : 65_536,
    supportedGenerationMethods: embeds ? ['embedContent', 'countTokens'] : ['generateContent', 'countTokens'],
    ...(embeds
      ? {}
      : { temperature: 1, topP: 0.95, topK: 64, maxTemperature: 2, thinking: id.startsWith('sim-reasoner') }),
  };
}

export async function listModels(exchange: Exchange): Promise<void> {
  const query = new URL(exchange.request.url ?? '', 'http://simulator').searchParams;
  const size = Math.min(1000, Math.max(1, Number(query.get('pageSize') ?? 50) || 50));
  const from = Number(query.get('pageToken') ?? 0) || 0;
  const models = MODELS.slice(from, from + size).map(({ id, about }) => modelObject(id, about));
  const more = from + size < MODELS.length;
  await deliverJson(exchange, { models, ...(more ? { nextPageToken: String(from + size) } : {}) }, 0, 0);
}

export async function getModel(exchange: Exchange): Promise<void> {
  const { model } = parseModel(exchange.params.model ?? '');
  const about: string | undefined = MODELS.find(({ id }) => id === model)?.about;
  await deliverJson(exchange, modelObject(model, about), 0, 0);
}

const publisherModel = (id: string): object => ({
  name: `publishers/google/models/${id}`,
  versionId: 'simulated',
  launchStage: 'GA',
});

export async function listPublisherModels(exchange: Exchange): Promise<void> {
  await deliverJson(exchange, { publisherModels: MODELS.map(({ id }) => publisherModel(id)) }, 0, 0);
}

export async function getPublisherModel(exchange: Exchange): Promise<void> {
  await deliverJson(exchange, publisherModel(parseModel(exchange.params.model ?? '').model), 0, 0);
}
