import { deliverJson } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { Failure } from '../../failure.ts';
import { COMMON_FAULTS, type FaultName } from '../../faults.ts';
import type { Format } from '../../format.ts';
import { bearerKey, checkOwnKey } from '../../key.ts';
import { anthropicError, invalid } from './anthropic-error.ts';
import { countMessageTokens, messages } from './messages.ts';
import { modelInfo, modelPage } from './models.ts';

const VERSION = /^\d{4}-\d{2}-\d{2}$/;
const BETA = /^[a-z0-9-]+-\d{4}-\d{2}-\d{2}$/;

function authenticate(exchange: Exchange): void {
  const { headers } = exchange.request;
  const key = headers['x-api-key'] ?? bearerKey(exchange);
  if (typeof key !== 'string') throw new Failure('no_key', 'x-api-key header is required');
  checkOwnKey(key, () => 'invalid x-api-key.');
  const version = headers['anthropic-version'];
  if (version === undefined) throw invalid('anthropic-version: header is required');
  if (!VERSION.test(String(version))) {
    throw invalid(`anthropic-version: "${String(version)}" is not a valid version`);
  }
  const unknown = String(headers['anthropic-beta'] ?? '')
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '' && !BETA.test(value));
  if (unknown.length > 0) {
    throw invalid(
      `Unexpected value(s) ${unknown.map((value) => `\`${value}\``).join(', ')} for the \`anthropic-beta\` header. ` +
        'Please consult our documentation at docs.claude.com or try again without the header.',
    );
  }
}

const LIMITS = { requests: 4000, tokens: 2_400_000, 'input-tokens': 2_000_000, 'output-tokens': 400_000 } as const;

function headersOf({ record }: Exchange): Record<string, string> {
  const reset = new Date(Date.now() + 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const limits = Object.entries(LIMITS).flatMap(([name, limit]) => [
    [`anthropic-ratelimit-${name}-limit`, String(limit)],
    [`anthropic-ratelimit-${name}-remaining`, String(limit - 1)],
    [`anthropic-ratelimit-${name}-reset`, reset],
  ]);
  return {
    'request-id': record.id,
    'anthropic-organization-id': 'parley-simulator',
    ...(Object.fromEntries(limits) as Record<string, string>),
  };
}

const isMessages = (path: string): boolean => path === '/v1/messages' || path.startsWith('/v1/messages/');

/** Faults of messages. */
export const ANTHROPIC_FAULTS = [
  ...COMMON_FAULTS,
  '529',
  'unknown-event',
  'text-before-tools',
  'tool-arguments-empty',
  'cached-tokens',
  'usage-missing',
  'refusal',
  'content-filter',
  'pause-turn',
  'context-window',
  'redacted-thinking',
] as const satisfies readonly FaultName[];

/** Anthropic's Messages, token counting and models (Anthropic API reference, version 2023-06-01). */
export const anthropic: Format = {
  name: 'anthropic',
  owns: (path, { headers }) =>
    isMessages(path) ||
    (/^\/v1\/models(\/|$)/.test(path) &&
      (headers['anthropic-version'] !== undefined || headers['x-api-key'] !== undefined)),
  routes: [
    { method: 'POST', path: '/v1/messages', handle: messages },
    { method: 'POST', path: '/v1/messages/count_tokens', handle: countMessageTokens },
    {
      method: 'GET',
      path: '/v1/models',
      handle: (exchange) =>
        deliverJson(exchange, modelPage(new URL(exchange.request.url ?? '', 'http://sim').searchParams), 0, 0),
    },
    {
      method: 'GET',
      path: '/v1/models/{model}',
      handle: (exchange) => deliverJson(exchange, modelInfo(exchange.params.model ?? ''), 0, 0),
    },
  ],
  faults: ANTHROPIC_FAULTS,
  authenticate,
  headers: headersOf,
  wire: anthropicError,
};
