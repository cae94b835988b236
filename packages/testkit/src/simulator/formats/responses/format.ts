import { COMMON_FAULTS, type FaultName } from '../../faults.ts';
import type { Format, Route } from '../../format.ts';
import { openai } from '../openai/format.ts';
import { countInput, createResponse, lookAtResponses } from './create.ts';
import { cancel, inputItems, remove, retrieve } from './stored.ts';

const BASE = '/v1/responses';

/** Endpoints of the Responses API under any base, so that other providers' paths can serve them too. */
export function responseRoutes(base: string): Route[] {
  return [
    { method: 'POST', path: base, handle: createResponse, look: lookAtResponses },
    { method: 'POST', path: `${base}/input_tokens`, handle: countInput, look: lookAtResponses },
    { method: 'GET', path: `${base}/{id}`, handle: retrieve },
    { method: 'DELETE', path: `${base}/{id}`, handle: remove },
    { method: 'POST', path: `${base}/{id}/cancel`, carries: 'maybe', handle: cancel },
    { method: 'GET', path: `${base}/{id}/input_items`, handle: inputItems },
  ];
}

export const RESPONSES_FAULTS = [
  ...COMMON_FAULTS,
  'no-choices',
  'usage-missing',
  'cached-tokens',
  'tool-arguments-empty',
  'refusal',
  'content-filter',
  'prompt-blocked',
  'text-before-tools',
  'response-failed',
  'deltas-missing',
  'item-ids-rotate',
] as const satisfies readonly FaultName[];

/** OpenAI's Responses API (OpenAI API reference, Responses): keys, headers and errors are those of OpenAI. */
export const responses: Format = {
  ...openai,
  name: 'responses',
  owns: (path) => path === BASE || path.startsWith(`${BASE}/`),
  routes: responseRoutes(BASE),
  faults: RESPONSES_FAULTS,
};
