import type { Exchange } from '../../exchange.ts';
import { Failure } from '../../failure.ts';
import { lookAtBody } from '../../fault-choice.ts';
import type { Format, Look, Route } from '../../format.ts';
import { bearerKey } from '../../key.ts';
import { chatAs } from '../openai/chat.ts';
import { CHAT_FAULTS, openaiRoutes } from '../openai/format.ts';
import { mediaRoutes } from '../openai-media/format.ts';
import { RESPONSES_FAULTS, responseRoutes } from '../responses/format.ts';
import { AzureError, azureError } from './azure-error.ts';
import { blockedPrompt, filteredBody, filteredChunks } from './content-filter.ts';

const DEPLOYMENT = '/openai/deployments/{deployment}';
const VERSION = /^(\d{4}-\d{2}-\d{2}(-preview)?|preview|v1|latest)$/;

const chat = chatAs({ body: filteredBody, chunks: filteredChunks, blocked: blockedPrompt });

/** The deployment is the model: what the body says about it does not count. */
function ofDeployment(route: Route): Route {
  const named = (body: unknown, params: Readonly<Record<string, string>>): unknown =>
    typeof body === 'object' && body !== null && !Buffer.isBuffer(body) ? { ...body, model: params.deployment } : body;
  return {
    ...route,
    handle: (exchange, body, settings) => route.handle(exchange, named(body, exchange.params), settings),
    look: (body, params): Look => ({
      ...(route.look?.(body, params) ?? lookAtBody(body)),
      model: params.deployment ?? null,
    }),
  };
}

/** The dated paths say with `api-version` which API they mean; the `/openai/v1` paths need not. */
function checkVersion(exchange: Exchange): void {
  const url = new URL(exchange.request.url ?? '', 'http://simulator');
  const version = url.searchParams.get('api-version');
  if (version === null && url.pathname.startsWith('/openai/v1/')) return;
  if (version !== null && VERSION.test(version)) return;
  throw new AzureError(404, { code: '404', message: 'Resource not found [simulated by Parley]' });
}

/** Azure OpenAI: deployments in the path, `api-key`, and the verdicts of its content filter in every answer. */
export const azure: Format = {
  name: 'azure',
  owns: (path) => path.startsWith('/openai/'),
  routes: [
    ...openaiRoutes(DEPLOYMENT, chat)
      .filter(({ method }) => method === 'POST')
      .map(ofDeployment),
    ...openaiRoutes('/openai/v1', chat),
    ...mediaRoutes(DEPLOYMENT).map(ofDeployment),
    ...mediaRoutes('/openai/v1'),
  ],
  faults: CHAT_FAULTS,
  authenticate(exchange) {
    const given = exchange.request.headers['api-key'];
    const key = typeof given === 'string' ? given : bearerKey(exchange);
    if (!key?.startsWith('sim-')) throw new Failure(key ? 'bad_key' : 'no_key');
    checkVersion(exchange);
  },
  headers: ({ record }) => ({
    'x-request-id': record.id,
    'apim-request-id': record.id,
    'x-ms-region': 'Simulated by Parley',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-remaining-tokens': '999999',
  }),
  wire: azureError,
};

/** The Responses API on Azure. */
export const azureResponses: Format = {
  ...azure,
  name: 'azure-responses',
  owns: (path) => /^\/openai\/(v1\/)?responses(\/|$)/.test(path),
  routes: [...responseRoutes('/openai/v1/responses'), ...responseRoutes('/openai/responses')],
  faults: RESPONSES_FAULTS,
};
