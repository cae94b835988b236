import { Failure } from '../../failure.ts';
import { COMMON_FAULTS, type FaultName } from '../../faults.ts';
import type { Format } from '../../format.ts';
import { bearerKey, checkOwnKey } from '../../key.ts';
import { chat } from './chat.ts';
import { cohereError } from './cohere-error.ts';
import { embed } from './embed.ts';
import { lookAtQuery, rerank } from './rerank.ts';

/** Faults of Cohere's chat. */
export const COHERE_FAULTS = [
  ...COMMON_FAULTS,
  'unknown-event',
  'tool-arguments-empty',
  'cached-tokens',
  'usage-missing',
  'refusal',
  'content-filter',
] as const satisfies readonly FaultName[];

/** Cohere's chat, embed and rerank (Cohere API reference, version 2). */
export const cohere: Format = {
  name: 'cohere',
  owns: (path) => path.startsWith('/v2/'),
  routes: [
    { method: 'POST', path: '/v2/chat', handle: chat },
    { method: 'POST', path: '/v2/embed', handle: embed },
    { method: 'POST', path: '/v2/rerank', handle: rerank, look: lookAtQuery },
  ],
  faults: COHERE_FAULTS,
  authenticate(exchange) {
    const key = bearerKey(exchange);
    if (key === null) throw new Failure('no_key');
    checkOwnKey(key, () => 'invalid api token.');
  },
  headers: ({ record }) => ({ 'x-debug-trace-id': record.id }),
  wire: cohereError,
};
