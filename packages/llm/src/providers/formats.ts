import type { ProviderFormat, ProviderSettings } from '@parley/contracts/provider-format';
import type { Protocol } from '../neutral/call.ts';
import type { ProviderAuth, ProviderQuirks } from './preset.ts';

/** How a kind of provider is addressed: under its base URL. */
export interface FormatRow {
  readonly protocol: Protocol;
  readonly auth: ProviderAuth;
  /** Flat names and values that every call has. */
  readonly headers: readonly string[];
  /** Path (and query) of a model's chat, under the base URL. */
  readonly chatPath: (model: string, stream: boolean, settings: ProviderSettings) => string;
  /** In what every provider of this format differs from its protocol. */
  readonly quirks?: ProviderQuirks;
}

const inBody = (path: string) => (): string => path;

function gemini(model: string, stream: boolean): string {
  return `/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
}

function vertex(model: string, stream: boolean, { project, region }: ProviderSettings): string {
  return `/projects/${project ?? ''}/locations/${region ?? ''}/publishers/google${gemini(model, stream)}`;
}

function azure(model: string, _stream: boolean, { apiVersion, deployments }: ProviderSettings): string {
  if (apiVersion === undefined) return '/v1/chat/completions';
  const deployment = encodeURIComponent(deployments?.[model] ?? model);
  return `/deployments/${deployment}/chat/completions?api-version=${encodeURIComponent(apiVersion)}`;
}

/** Every format of a provider. */
export const FORMATS: Readonly<Record<ProviderFormat, FormatRow>> = {
  openai_chat: { protocol: 'openai_chat', auth: 'bearer', headers: [], chatPath: inBody('/chat/completions') },
  openai_responses: { protocol: 'openai_responses', auth: 'bearer', headers: [], chatPath: inBody('/responses') },
  anthropic: {
    protocol: 'anthropic',
    auth: 'x-api-key',
    headers: ['anthropic-version', '2023-06-01'],
    chatPath: inBody('/v1/messages'),
  },
  gemini: { protocol: 'gemini', auth: 'x-goog-api-key', headers: [], chatPath: gemini },
  vertex: { protocol: 'gemini', auth: 'google', headers: [], chatPath: vertex, quirks: { toolCallIds: false } },
  bedrock: {
    protocol: 'bedrock',
    auth: 'aws',
    headers: [],
    chatPath: (model, stream) => `/model/${encodeURIComponent(model)}/converse${stream ? '-stream' : ''}`,
  },
  azure: { protocol: 'openai_chat', auth: 'api-key', headers: [], chatPath: azure },
  cohere: { protocol: 'cohere', auth: 'bearer', headers: [], chatPath: inBody('/chat') },
};

/** The row of a format's name; `null` for one this release does not know. */
export function formatOf(name: string): FormatRow | null {
  if (name === 'openai_compatible') return FORMATS.openai_chat;
  return Object.hasOwn(FORMATS, name) ? FORMATS[name as ProviderFormat] : null;
}

/** Flat name and value of the header that shows a key, for the forms that need no more than that; `[]` for the others. */
export function keyHeaders(auth: ProviderAuth, key: string): string[] {
  if (auth === 'aws' || auth === 'google' || auth === 'none') return [];
  return auth === 'bearer' ? ['authorization', `Bearer ${key}`] : [auth, key];
}
