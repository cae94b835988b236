import type { ClientAddress, ClientCall, Target } from '../codec.ts';
import type { Call, CallIssue, Loss, Protocol } from '../neutral/call.ts';
import { codecOf } from '../ways.ts';

/** Protocols that clients speak to the gateway, in the order they are offered in. */
export const CLIENT_PROTOCOLS = ['openai_chat', 'openai_responses', 'anthropic', 'gemini'] as const;
export type ClientProtocol = (typeof CLIENT_PROTOCOLS)[number];

/** A request as a client of some protocol sends it to the gateway. */
export interface ClientRequest {
  readonly protocol: ClientProtocol;
  /** Path and query under the gateway's origin. */
  readonly path: string;
  /** Name of the header that holds the caller's key, in lower case, and what stands before the key there. */
  readonly keyHeader: { readonly name: string; readonly prefix: string };
  /** Flat names and values beside the key, in lower case. */
  readonly headers: readonly string[];
  readonly body: string;
  /** What the protocol has no words for. */
  readonly losses: readonly Loss[];
}

interface Dialect {
  readonly path: (model: string, stream: boolean) => string;
  readonly keyHeader: ClientRequest['keyHeader'];
  readonly headers: readonly string[];
  /**
   * A model that takes all the protocol can say. What the model behind a name of the gateway takes is for the gateway to find
   * out, so the client's request leaves nothing out for its sake.
   */
  readonly fullest: string;
}

const BEARER = { name: 'authorization', prefix: 'Bearer ' };

const DIALECTS: Readonly<Record<ClientProtocol, Dialect>> = {
  openai_chat: { path: () => '/v1/chat/completions', keyHeader: BEARER, headers: [], fullest: 'gpt-5' },
  openai_responses: { path: () => '/v1/responses', keyHeader: BEARER, headers: [], fullest: 'gpt-5' },
  anthropic: {
    path: () => '/v1/messages',
    keyHeader: { name: 'x-api-key', prefix: '' },
    headers: ['anthropic-version', '2023-06-01'],
    fullest: 'claude-opus-4-5',
  },
  gemini: {
    path: (model, stream) =>
      `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    keyHeader: { name: 'x-goog-api-key', prefix: '' },
    headers: [],
    fullest: 'gemini-3-pro',
  },
};

function named(body: string, protocol: ClientProtocol, model: string): string {
  if (protocol === 'gemini') return body;
  return JSON.stringify({ ...(JSON.parse(body) as object), model });
}

/** The request by which a client of `protocol` asks the gateway for `call`, by its name for the model. */
export function clientRequest(call: Call, protocol: ClientProtocol): ClientRequest {
  const { path, keyHeader, headers, fullest } = DIALECTS[protocol];
  const writer = codecOf(protocol)?.provider;
  if (!writer) throw new Error(`nobody here writes ${protocol}`);
  const target: Target = { model: fullest, maxOutputTokens: null, quirks: {} };
  const { body, losses } = writer.write(call, target);
  return {
    protocol,
    path: path(call.model, call.stream),
    keyHeader,
    headers: [...headers, 'content-type', 'application/json'],
    body: named(body, protocol, call.model),
    losses,
  };
}

/** What a gateway reads of such a request before anything else. */
export function readClientRequest(
  { protocol, body, path }: Pick<ClientRequest, 'protocol' | 'body' | 'path'>,
  call: Pick<Call, 'model' | 'stream'>,
): ClientCall | CallIssue {
  return envelope(protocol, body, { ...call, query: path.includes('?') ? path.slice(path.indexOf('?')) : '' });
}

/** A request's envelope in a protocol that clients speak; an issue where none do. */
export function envelope(protocol: Protocol, body: string, address: ClientAddress): ClientCall | CallIssue {
  const client = codecOf(protocol)?.client;
  if (!client) return { malformed: false, param: null, message: 'No client speaks this protocol.' };
  return client.envelope(body, address);
}
