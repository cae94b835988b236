import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../../exchange.ts';
import { Failure } from '../../failure.ts';
import { COMMON_FAULTS, type FaultName } from '../../faults.ts';
import type { Format, Route } from '../../format.ts';
import { bearerKey } from '../../key.ts';
import { batchEmbedContents, embedContent, predict } from './embed.ts';
import type { Dialect } from './fields.ts';
import { GoogleError, googleError } from './google-error.ts';
import { countTokens, generateContent, lookAtGemini } from './handlers.ts';
import { getModel, getPublisherModel, listModels, listPublisherModels } from './models.ts';

export const GEMINI_FAULTS = [
  ...COMMON_FAULTS,
  'no-choices',
  'usage-missing',
  'cached-tokens',
  'tool-arguments-empty',
  'refusal',
  'content-filter',
  'text-before-tools',
  'prompt-blocked',
  'malformed-call',
  'call-ids-missing',
] as const satisfies readonly FaultName[];

function generating(base: string, dialect: Dialect): Route[] {
  const post = (verb: string, handle: Route['handle'], stream = false): Route => ({
    method: 'POST',
    path: `${base}/{model}:${verb}`,
    handle,
    look: lookAtGemini(stream),
  });
  return [
    post('generateContent', generateContent(dialect, false)),
    post('streamGenerateContent', generateContent(dialect, true), true),
    post('countTokens', countTokens(dialect)),
    post('embedContent', embedContent),
    ...(dialect === 'studio' ? [post('batchEmbedContents', batchEmbedContents)] : [post('predict', predict)]),
  ];
}

/** The key by header, or in the address, as the Gemini API takes it. */
function keyOf(exchange: Exchange): string | null {
  const header = exchange.request.headers['x-goog-api-key'];
  if (typeof header === 'string') return header;
  return new URL(exchange.request.url ?? '', 'http://simulator').searchParams.get('key');
}

const STUDIO = ['/v1beta/models', '/v1alpha/models', '/v1/models'];

/** `/v1/models` is OpenAI's too: there a verb after the model, or Google's key, says that it is Google's. */
function isStudio(path: string, request: IncomingMessage): boolean {
  if (/^\/v1(beta|alpha)\/models(\/|$)/.test(path)) return true;
  if (!/^\/v1\/models(\/|$)/.test(path)) return false;
  return /:[a-zA-Z]+$/.test(path) || request.headers['x-goog-api-key'] !== undefined;
}

/** The Gemini API (Google AI Studio), v1beta and its neighbours. */
export const gemini: Format = {
  name: 'gemini',
  owns: isStudio,
  routes: [
    ...STUDIO.flatMap((base) => generating(base, 'studio')),
    ...STUDIO.flatMap((base): Route[] => [
      { method: 'GET', path: base, handle: listModels },
      { method: 'GET', path: `${base}/{model}`, handle: getModel },
    ]),
  ],
  faults: GEMINI_FAULTS,
  authenticate(exchange) {
    const key = keyOf(exchange);
    if (key === null) throw new Failure('no_key');
    if (!key.startsWith('sim-')) throw new Failure('bad_key');
  },
  headers: () => ({ 'server-timing': 'gfet4t7; dur=1' }),
  wire: googleError,
};

const PROJECT = '/projects/{project}/locations/{location}/publishers/google/models';
const VERTEX = [`/v1${PROJECT}`, `/v1beta1${PROJECT}`];

const NO_TOKEN =
  'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';

/** Gemini on Vertex AI: paths by project and region, bearer tokens, no ids of function calls. */
export const vertex: Format = {
  ...gemini,
  name: 'vertex',
  owns: (path) => /^\/v1(beta1)?\/(projects\/[^/]+\/locations\/[^/]+\/)?publishers\/google\/models(\/|$)/.test(path),
  routes: [
    ...VERTEX.flatMap((base) => generating(base, 'vertex')),
    { method: 'GET', path: '/v1beta1/publishers/google/models', handle: listPublisherModels },
    { method: 'GET', path: '/v1beta1/publishers/google/models/{model}', handle: getPublisherModel },
  ],
  authenticate(exchange) {
    if (!bearerKey(exchange)?.startsWith('sim-')) throw new GoogleError(401, NO_TOKEN);
  },
};
