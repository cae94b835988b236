import type { IncomingMessage } from 'node:http';
import type { ProviderFormat, ProviderSettings } from '@parley/contracts/provider-format';
import type { OperationCall, OperationWay } from '@parley/llm/operations/operation';
import { operationRequest } from '@parley/llm/operations/request';
import type { ChatBody } from '@parley/llm/prompt/render';
import { awsAuthHeaders } from '@parley/llm/providers/aws-auth';
import { FORMATS, keyHeaders } from '@parley/llm/providers/formats';
import { modelRequest } from '@parley/llm/providers/request';
import { quirksOf } from '@parley/llm/providers/table';
import { type Way, wayOf } from '@parley/llm/ways';
import { readBody, sendOutbound } from '../outbound/send.ts';
import { accessToken } from './access-token.ts';

/** A provider with its key opened, ready to be called from here. */
export interface OpenProvider {
  readonly format: ProviderFormat;
  readonly preset: string | null;
  readonly settings: ProviderSettings;
  readonly baseUrl: string;
  readonly secret: string | null;
  readonly allowedPrivate: readonly string[];
}

function asObject(headers: readonly string[]): Record<string, string> {
  const object: Record<string, string> = { 'user-agent': 'parley-portal' };
  for (let i = 0; i < headers.length; i += 2) object[headers[i] as string] = headers[i + 1] as string;
  return object;
}

const MAX_BODY_BYTES = 2_000_000;

/** Where each format lists its models; `null` where they are listed elsewhere than where models are called. */
const LISTS: Readonly<Record<ProviderFormat, ((provider: OpenProvider) => string) | null>> = {
  openai_chat: ({ baseUrl }) => `${baseUrl}/models`,
  openai_responses: ({ baseUrl }) => `${baseUrl}/models`,
  anthropic: ({ baseUrl }) => `${baseUrl}/v1/models?limit=200`,
  gemini: ({ baseUrl }) => `${baseUrl}/models?pageSize=200`,
  azure: ({ baseUrl, settings: { apiVersion } }) =>
    apiVersion ? `${baseUrl}/models?api-version=${encodeURIComponent(apiVersion)}` : `${baseUrl}/v1/models`,
  cohere: ({ baseUrl }) => `${baseUrl.replace(/\/v2$/, '/v1')}/models?page_size=200`,
  vertex: ({ baseUrl }) => `${baseUrl.replace(/\/v1$/, '/v1beta1')}/publishers/google/models?pageSize=200`,
  bedrock: null,
};

/** True where a provider of this format says which models it has. */
export function listsModels(format: ProviderFormat): boolean {
  return LISTS[format] !== null;
}

/** Flat headers that show a provider's key where that takes more than the key itself; `body` as it is sent. */
async function proofHeaders(provider: OpenProvider, url: string, body: string): Promise<string[]> {
  const { format, secret, settings, allowedPrivate } = provider;
  if (secret === null) return [];
  const { auth } = FORMATS[format];
  if (auth === 'google') return ['authorization', `Bearer ${await accessToken(secret, allowedPrivate)}`];
  if (auth !== 'aws') return [];
  const { origin, pathname, search } = new URL(url);
  return awsAuthHeaders(secret, settings, { origin, path: pathname + search, body }, Date.now());
}

async function listHeaders(provider: OpenProvider, url: string): Promise<readonly string[]> {
  const { headers, auth } = FORMATS[provider.format];
  const key = provider.secret === null ? [] : keyHeaders(auth, provider.secret);
  return [...headers, ...key, ...(await proofHeaders(provider, url, ''))];
}

/** The provider's list of models: the status, and the names it lists (none when the body is of another shape). */
export async function listProviderModels(
  provider: OpenProvider,
  signal: AbortSignal,
): Promise<{ status: number; models: string[] | null }> {
  const list = LISTS[provider.format];
  if (!list) throw new Error(`providers of the format ${provider.format} cannot be tried`);
  const url = list(provider);
  const reply = await sendOutbound({
    url,
    method: 'GET',
    headers: asObject(['accept', 'application/json', ...(await listHeaders(provider, url))]),
    allowedPrivate: provider.allowedPrivate,
    signal,
  });
  const text = await readBody(reply, MAX_BODY_BYTES);
  return { status: reply.statusCode ?? 0, models: namesIn(text) };
}

/** True where a chat can be asked of a provider of this format. */
export function canBeAsked(format: ProviderFormat): boolean {
  return wayOf('openai_chat', FORMATS[format].protocol) !== null;
}

/** A chat that a provider was asked, and how its answer is read. */
export interface AskedChat {
  readonly way: Way;
  readonly reply: IncomingMessage;
}

/**
 * Asks a provider, in its own protocol, what a chat completion request asks. Throws what `sendOutbound` throws,
 * `NoAccessTokenError`, and `Error` for a provider or a request that no request can be made of.
 */
export async function askChat(provider: OpenProvider, body: ChatBody, signal: AbortSignal): Promise<AskedChat> {
  const format = FORMATS[provider.format];
  const model = String(body.model);
  const call = {
    protocol: 'openai_chat',
    text: JSON.stringify(body),
    body,
    model,
    stream: body.stream === true,
    wantsUsage: true,
  } as const;
  const access = { format, key: provider.secret, settings: provider.settings };
  const target = { model, maxOutputTokens: null, quirks: quirksOf(provider.preset) };
  const request = modelRequest(access, call, target, []);
  if (request === null || 'malformed' in request) throw new Error('no request can be made for this provider');
  const url = `${provider.baseUrl.replace(/\/+$/, '')}${request.path}`;
  const proof = await proofHeaders(provider, url, request.body);
  const reply = await sendOutbound({
    url,
    method: 'POST',
    headers: asObject([...request.headers, ...proof]),
    body: request.body,
    allowedPrivate: provider.allowedPrivate,
    signal,
  });
  return { way: request.way, reply };
}

/** What models do beside chat, asked of a provider, and how its answer is read. */
export interface AskedOperation {
  readonly way: OperationWay;
  readonly status: number;
  /** `null` for one that is too long. */
  readonly text: string | null;
}

/** Asks a provider, in its own protocol, for what models do beside chat; `null` where its kind has no such thing. */
export async function askOperation(
  provider: OpenProvider,
  call: OperationCall,
  signal: AbortSignal,
): Promise<AskedOperation | null> {
  const format = FORMATS[provider.format];
  const access = { format, key: provider.secret, settings: provider.settings };
  const target = { model: call.model, maxOutputTokens: null, quirks: quirksOf(provider.preset) };
  const request = operationRequest(provider.format, access, call, target);
  if (request === null || 'malformed' in request) return null;
  const url = `${provider.baseUrl.replace(/\/+$/, '')}${request.path}`;
  const body = String(request.body);
  const proof = await proofHeaders(provider, url, body);
  const reply = await sendOutbound({
    url,
    method: 'POST',
    headers: asObject([...request.headers, ...proof]),
    body,
    allowedPrivate: provider.allowedPrivate,
    signal,
  });
  return { way: request.way, status: reply.statusCode ?? 0, text: await readBody(reply, MAX_BODY_BYTES) };
}

/** The smallest chat a provider can be asked for. Answers with its status. */
export async function tryChat(provider: OpenProvider, model: string, signal: AbortSignal): Promise<number> {
  const messages = [{ role: 'user', content: 'Say ok.' }];
  const { reply } = await askChat(provider, { model, messages, max_tokens: 1 }, signal);
  await readBody(reply, MAX_BODY_BYTES);
  return reply.statusCode ?? 0;
}

/** Lists are under `data` (OpenAI, Anthropic), `models` (Gemini, Cohere) or `publisherModels` (Vertex AI), names under `id` or `name`. */
function namesIn(text: string | null): string[] | null {
  if (text === null) return null;
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return null;
    const list =
      'data' in body
        ? body.data
        : 'models' in body
          ? body.models
          : 'publisherModels' in body
            ? body.publisherModels
            : null;
    return Array.isArray(list) ? list.flatMap(nameOf) : null;
  } catch {
    return null;
  }
}

function nameOf(entry: unknown): string[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const name = 'id' in entry ? entry.id : 'name' in entry ? entry.name : null;
  return typeof name === 'string' ? [name.replace(/^(?:publishers\/[a-z]+\/)?models\//, '').slice(0, 200)] : [];
}
