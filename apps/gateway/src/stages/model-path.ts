import type { Protocol } from '@parley/llm/neutral/call';
import type { Dialect, OperationAddress } from '@parley/llm/operations/operation';
import { operationAt } from '@parley/llm/operations/table';
import { type GeminiAction, parseGeminiAddress } from '@parley/llm/protocols/gemini/address';

/** What a path of a model API asks for. */
export interface ModelPath {
  readonly operation: 'chat' | 'models' | 'count_tokens' | 'beside' | 'realtime' | 'client_secrets';
  /** The client's protocol: that of the answer and of errors. */
  readonly protocol: Protocol;
  /** Where the address names it; empty otherwise. */
  readonly model: string;
  readonly stream: boolean;
  /** Of the model list: what follows it. */
  readonly rest: string;
  /** What is asked for beside chat. */
  readonly beside: OperationAddress | null;
}

function chat(protocol: Protocol): ModelPath {
  return { operation: 'chat', protocol, model: '', stream: false, rest: '', beside: null };
}

/** Paths as SDKs put them behind a base URL that ends in `/v1`, or that does not: some add it themselves. */
const PATHS = new Map<string, ModelPath>([
  ['/chat/completions', chat('openai_chat')],
  ['/v1/chat/completions', chat('openai_chat')],
  ['/responses', chat('openai_responses')],
  ['/v1/responses', chat('openai_responses')],
  ['/messages', chat('anthropic')],
  ['/v1/messages', chat('anthropic')],
  ['/messages/count_tokens', { ...chat('anthropic'), operation: 'count_tokens' }],
  ['/v1/messages/count_tokens', { ...chat('anthropic'), operation: 'count_tokens' }],
]);

/** A session over a WebSocket; its model is in the query. */
const REALTIME: ModelPath = { ...chat('openai_chat'), operation: 'realtime' };
const SECRETS: ModelPath = { ...chat('openai_chat'), operation: 'client_secrets' };
for (const base of ['/realtime', '/v1/realtime']) PATHS.set(base, REALTIME).set(`${base}/client_secrets`, SECRETS);

const GEMINI_OPERATIONS: Partial<Readonly<Record<GeminiAction, ModelPath['operation']>>> = {
  generateContent: 'chat',
  streamGenerateContent: 'chat',
  countTokens: 'count_tokens',
};

/** The protocol whose limit headers a client beside chat knows. */
const PROTOCOLS: Readonly<Record<Dialect, Protocol>> = {
  openai: 'openai_chat',
  gemini: 'gemini',
  cohere: 'cohere',
  jina: 'openai_chat',
};

function besidePath(rest: string): ModelPath | null {
  const beside = operationAt(rest) ?? operationAt(`/v1${rest}`);
  if (beside === null) return null;
  const { dialect, model } = beside;
  return { operation: 'beside', protocol: PROTOCOLS[dialect], model, stream: false, rest: '', beside };
}

const LIST = /^(?:\/v1)?\/models(\/.*)?$/;
/** Gemini has the model and what is to be done with it in the path, of AI Studio's form or Vertex AI's. */
function geminiPath(rest: string): ModelPath | null {
  const address = parseGeminiAddress(rest);
  const operation = address === null ? undefined : GEMINI_OPERATIONS[address.action];
  if (address === null || operation === undefined) return null;
  return { operation, protocol: 'gemini', model: address.model, stream: address.stream, rest: '', beside: null };
}

/** Reads the path of a model API, as it stands behind `/{tenant}/{api}/{version}`; `null` for one it does not have. */
export function modelPath(rest: string): ModelPath | null {
  const fixed = PATHS.get(rest);
  if (fixed !== undefined) return fixed;
  const gemini = rest.includes(':') ? (geminiPath(rest) ?? besidePath(rest)) : null;
  if (gemini !== null) return gemini;
  const list = LIST.exec(rest);
  if (list === null) return besidePath(rest);
  return { operation: 'models', protocol: 'openai_chat', model: '', stream: false, rest: list[1] ?? '', beside: null };
}
