import { deliverJson } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { Failure } from '../../failure.ts';
import { COMMON_FAULTS, type FaultName } from '../../faults.ts';
import type { Format, Route } from '../../format.ts';
import { bearerKey, checkOwnKey } from '../../key.ts';
import { MODELS, parseModel } from '../../models.ts';
import { openaiError } from './api-error.ts';
import { chat, type chatAs } from './chat.ts';
import { embeddingBody, parseEmbeddingRequest } from './embeddings.ts';

const NO_KEY =
  "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). The simulator takes any key that starts with 'sim-'.";
const CREATED = 1_763_683_200;

const modelObject = (id: string): object => ({ id, object: 'model', created: CREATED, owned_by: 'parley-simulator' });

/** Faults in what a chat completion says, and quirks of compatible providers. */
export const CHAT_QUIRKS = [
  'no-choices',
  'usage-every-chunk',
  'usage-on-finish',
  'usage-missing',
  'cached-tokens',
  'role-absent',
  'role-empty',
  'tool-index-missing',
  'tool-index-gaps',
  'tool-index-reused',
  'tool-arguments-empty',
  'text-before-tools',
  'refusal',
  'content-filter',
  'prompt-blocked',
  'tool-arguments-whole',
  'tool-id-repeated',
  'tool-id-empty',
  'tool-finish-stop',
  'tool-calls-empty',
  'reasoning-content',
  'reasoning-text',
  'stream-options-refused',
  'max-tokens-refused',
] as const satisfies readonly FaultName[];

/** Faults of chat completions. */
export const CHAT_FAULTS = [...COMMON_FAULTS, ...CHAT_QUIRKS] as const;

/** Endpoints that take and give JSON, under any base, with chat completions in the manner of a host. */
export function openaiRoutes(base: string, handle: ReturnType<typeof chatAs>): Route[] {
  return [
    { method: 'POST', path: `${base}/chat/completions`, handle },
    {
      method: 'POST',
      path: `${base}/embeddings`,
      handle(exchange, body) {
        const made = embeddingBody(parseEmbeddingRequest(body));
        return deliverJson(exchange, made.body, made.tokens, 0);
      },
    },
    {
      method: 'GET',
      path: `${base}/models`,
      handle: (exchange) =>
        deliverJson(exchange, { object: 'list', data: MODELS.map(({ id }) => modelObject(id)) }, 0, 0),
    },
    {
      method: 'GET',
      path: `${base}/models/{model}`,
      handle: (exchange) => deliverJson(exchange, modelObject(parseModel(exchange.params.model ?? '').model), 0, 0),
    },
  ];
}

/** OpenAI's chat completions, embeddings and models (OpenAI API reference). */
export const openai: Format = {
  name: 'openai',
  owns: (path) => path.startsWith('/v1/'),
  routes: openaiRoutes('/v1', chat),
  faults: CHAT_FAULTS,
  authenticate(exchange: Exchange) {
    const key = bearerKey(exchange);
    if (key === null) throw new Failure('no_key', NO_KEY);
    checkOwnKey(key, (masked) => `Incorrect API key provided: ${masked}.`);
  },
  headers: ({ record }) => ({
    'x-request-id': record.id,
    'openai-version': '2020-10-01',
    'openai-organization': 'parley-simulator',
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-reset-requests': '6ms',
  }),
  wire: openaiError,
};
