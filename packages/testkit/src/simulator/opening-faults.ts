import { ApiError } from './api-error.ts';
import { type Exchange, reply, replyError, reset, wait, waitForever } from './exchange.ts';
import type { FaultName } from './faults.ts';

/** Faults that take the place of the whole answer, on any endpoint. */
type Opening = (exchange: Exchange, value: number) => void | Promise<void>;

const failure =
  (status: number, message: string, type: string, code: string | null, withRetryAfter = false): Opening =>
  (exchange, value) => {
    const headers = withRetryAfter ? { 'retry-after': String(value) } : {};
    replyError(exchange, new ApiError(status, `${message} [simulated by Parley]`, { type, code, headers }));
  };

const HTML_BODY =
  '<html><head><title>Simulated page</title></head><body><h1>simulated by Parley: not JSON</h1></body></html>';

const OPENINGS: readonly (readonly [FaultName, Opening])[] = [
  ['reset', reset],
  ['hang', waitForever],
  ['401', failure(401, 'Incorrect API key provided: sim-****.', 'invalid_request_error', 'invalid_api_key')],
  [
    '429',
    failure(429, 'Rate limit reached for requests. Please try again later.', 'requests', 'rate_limit_exceeded', true),
  ],
  ['insufficient-quota', failure(429, 'You exceeded your current quota.', 'insufficient_quota', 'insufficient_quota')],
  ['500', failure(500, 'The server had an error while processing your request.', 'server_error', null)],
  ['503', failure(503, 'The engine is currently overloaded, please try again later.', 'server_error', null, true)],
  ['error-in-200', failure(200, 'The server had an error while processing your request.', 'server_error', null)],
  ['html', (exchange, status) => reply(exchange, status, HTML_BODY, 'text/html; charset=utf-8')],
  ['empty-body', (exchange) => reply(exchange, 200, '')],
];

/** Plays the first fault that replaces the answer. True when there was one and the exchange is over. */
export async function playOpeningFault(exchange: Exchange): Promise<boolean> {
  await wait(exchange, exchange.faults.get('latency')?.value ?? 0);
  for (const [name, play] of OPENINGS) {
    const fault = exchange.faults.get(name);
    if (!fault) continue;
    await play(exchange, fault.value);
    return true;
  }
  return false;
}
