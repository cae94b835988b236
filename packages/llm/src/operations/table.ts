import { PROVIDER_FORMATS, type ProviderFormat, type ProviderSettings } from '@parley/contracts/provider-format';
import type { ClientError } from '../codec.ts';
import { parseGeminiAddress } from '../protocols/gemini/address.ts';
import { errorBody as geminiErrorBody } from '../protocols/gemini/errors.ts';
import { errorBody as openAiErrorBody } from '../protocols/openai-chat/errors.ts';
import type { EmbedClient, EmbedProvider } from './embeddings/call.ts';
import { cohereProvider as cohereEmbeddings } from './embeddings/cohere.ts';
import { geminiClient, geminiProvider, vertexProvider } from './embeddings/gemini.ts';
import { openAiClient, openAiProvider } from './embeddings/openai.ts';
import { titanProvider } from './embeddings/titan.ts';
import type { Dialect, OperationAddress, OperationCall, OperationName } from './operation.ts';
import type { RerankClient, RerankProvider } from './rerank/call.ts';
import { cohereClient, jinaClient } from './rerank/clients.ts';
import { cohereProvider, jinaProvider } from './rerank/providers.ts';

/** Paths of clients, after the part that names whose API it is. */
const PATHS: Readonly<Record<string, readonly [OperationName, Dialect]>> = {
  '/v1/embeddings': ['embeddings', 'openai'],
  '/v1/images/generations': ['image_generation', 'openai'],
  '/v1/images/edits': ['image_edit', 'openai'],
  '/v1/images/variations': ['image_variation', 'openai'],
  '/v1/audio/speech': ['speech', 'openai'],
  '/v1/audio/transcriptions': ['transcription', 'openai'],
  '/v1/audio/translations': ['audio_translation', 'openai'],
  '/v1/moderations': ['moderation', 'openai'],
  '/v1/ocr': ['ocr', 'openai'],
  '/v1/rerank': ['rerank', 'jina'],
  '/v2/rerank': ['rerank', 'cohere'],
};

/** What a client's path asks for beside chat; `null` for anything else. */
export function operationAt(path: string): OperationAddress | null {
  const found = Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
  if (found !== undefined) return { operation: found[0], dialect: found[1], model: '', batch: false };
  const gemini = parseGeminiAddress(path);
  if (gemini?.action !== 'embedContent' && gemini?.action !== 'batchEmbedContents') return null;
  return {
    operation: 'embeddings',
    dialect: 'gemini',
    model: gemini.model,
    batch: gemini.action === 'batchEmbedContents',
  };
}

export const EMBED_CLIENTS: Partial<Readonly<Record<Dialect, EmbedClient>>> = {
  openai: openAiClient,
  gemini: geminiClient,
};
export const RERANK_CLIENTS: Partial<Readonly<Record<Dialect, RerankClient>>> = {
  cohere: cohereClient,
  jina: jinaClient,
};

/** Where and how a format's providers do something. */
export interface Row<P> {
  /** Path (and query) under the base URL. */
  readonly path: (model: string, settings: ProviderSettings, call: OperationCall) => string;
  /** The dialect whose bytes pass as they are; `null` where none do. */
  readonly speaks: Dialect | null;
  readonly provider: P;
}
type Rows<P> = Partial<Readonly<Record<ProviderFormat, Row<P>>>>;

const under = (path: string) => (): string => path;

/** Azure: the dated interface names the deployment in the path, the newer one is like OpenAI's. */
function azure(path: string) {
  return (model: string, { apiVersion, deployments }: ProviderSettings): string => {
    if (apiVersion === undefined) return `/v1${path}`;
    const deployment = encodeURIComponent(deployments?.[model] ?? model);
    return `/deployments/${deployment}${path}?api-version=${encodeURIComponent(apiVersion)}`;
  };
}

function geminiPath(model: string, _settings: ProviderSettings, { dialect, batch }: OperationCall): string {
  return `/models/${encodeURIComponent(model)}:${dialect === 'gemini' && !batch ? 'embedContent' : 'batchEmbedContents'}`;
}

function vertexPath(model: string, { project, region }: ProviderSettings): string {
  return `/projects/${project ?? ''}/locations/${region ?? ''}/publishers/google/models/${encodeURIComponent(model)}:predict`;
}

const openAiEmbeddings = { path: under('/embeddings'), speaks: 'openai', provider: openAiProvider } as const;

/** Who embeds. */
export const EMBEDDINGS: Rows<EmbedProvider> = {
  openai_chat: openAiEmbeddings,
  openai_responses: openAiEmbeddings,
  azure: { ...openAiEmbeddings, path: azure('/embeddings') },
  gemini: { path: geminiPath, speaks: 'gemini', provider: geminiProvider },
  vertex: { path: vertexPath, speaks: null, provider: vertexProvider },
  cohere: { path: under('/embed'), speaks: null, provider: cohereEmbeddings },
  bedrock: { path: (model) => `/model/${encodeURIComponent(model)}/invoke`, speaks: null, provider: titanProvider },
};

/** Who orders documents: Cohere, and servers of open models, which have Jina's form beside OpenAI's paths. */
export const RERANK: Rows<RerankProvider> = {
  cohere: { path: under('/rerank'), speaks: 'cohere', provider: cohereProvider },
  openai_chat: { path: under('/rerank'), speaks: 'jina', provider: jinaProvider },
};

/** What passes between clients and providers of OpenAI's form only, by its path there; `ocr` is Mistral's. */
export const PASSED: Partial<Readonly<Record<OperationName, string>>> = {
  image_generation: '/images/generations',
  image_edit: '/images/edits',
  image_variation: '/images/variations',
  speech: '/audio/speech',
  transcription: '/audio/transcriptions',
  audio_translation: '/audio/translations',
  moderation: '/moderations',
  ocr: '/ocr',
};

/** Where a format's providers do what only passes; `null` where they do not. */
export function passedPath(operation: OperationName, format: ProviderFormat): Row<null>['path'] | null {
  const path = PASSED[operation];
  if (path === undefined) return null;
  if (format === 'azure') return azure(path);
  return format === 'openai_chat' || format === 'openai_responses' ? under(path) : null;
}

/** The format of a name; `null` for one this release does not know. */
export function knownFormat(name: string): ProviderFormat | null {
  if (name === 'openai_compatible') return 'openai_chat';
  return PROVIDER_FORMATS.find((format) => format === name) ?? null;
}

/** Body of an error in the client's own form; JSON. */
export function operationError(dialect: Dialect, error: ClientError): string {
  if (dialect === 'gemini') return geminiErrorBody(error);
  if (dialect === 'cohere') return JSON.stringify({ id: error.requestId, message: error.message, ...error.more });
  if (dialect === 'jina') return JSON.stringify({ detail: error.message, request_id: error.requestId, ...error.more });
  return openAiErrorBody(error);
}
