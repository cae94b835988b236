import type { Json } from './reference-part.ts';

/** What each status of the gateway means to a caller. */
const MEANING: Readonly<Record<number, string>> = {
  400: 'The request does not fit: `errors` names each field.',
  401: 'The key is missing, unknown, expired or revoked.',
  403: 'The application is not subscribed, or the subscription is not in force.',
  404: 'Nothing is published here.',
  410: 'This version was retired.',
  413: 'The body is larger than this API takes.',
  415: 'The body is not JSON.',
  429: 'The plan’s limit is reached; `Retry-After` says when to try again.',
  502: 'What stands behind this API failed or answered with nonsense.',
  503: 'Not available at the moment; try again shortly.',
  504: 'What stands behind this API took too long.',
};

/** How errors are written: as problems, as OpenAI's, or in a form that the protocol's own documents describe. */
const FORMS = {
  problem: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  openai: { 'application/json': { schema: { $ref: '#/components/schemas/OpenAiError' } } },
  own: { 'application/json': { schema: { type: 'object' } } },
} as const;

/** Responses for the statuses a call may be refused with, in the form of the dialect. */
export function errorResponses(statuses: readonly number[], dialect: keyof typeof FORMS): Json {
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      {
        description: MEANING[status] ?? 'The call failed.',
        ...(status === 429
          ? { headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } } }
          : {}),
        content: FORMS[dialect],
      },
    ]),
  );
}
