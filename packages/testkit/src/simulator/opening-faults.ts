import { type Exchange, reply, replyError, reset, wait, waitForever } from './exchange.ts';
import { Failure, type FailureKind } from './failure.ts';
import type { FaultName } from './faults.ts';

/** Faults that take the place of the whole answer, on any endpoint. */
type Opening = (exchange: Exchange, value: number) => void | Promise<void>;

/** Fails in the format's own words. */
const failure =
  (kind: FailureKind, rest: { status?: number; retryAfter?: boolean } = {}): Opening =>
  (exchange, value) => {
    const headers = rest.retryAfter ? { 'retry-after': String(value) } : {};
    replyError(exchange, new Failure(kind, '', { headers }), rest.status);
  };

const HTML_BODY =
  '<html><head><title>Simulated page</title></head><body><h1>simulated by Parley: not JSON</h1></body></html>';

const OPENINGS: readonly (readonly [FaultName, Opening])[] = [
  ['reset', reset],
  ['hang', waitForever],
  ['401', failure('bad_key')],
  ['429', failure('rate_limit', { retryAfter: true })],
  ['insufficient-quota', failure('quota')],
  ['500', failure('server')],
  ['503', failure('unavailable', { retryAfter: true })],
  ['529', failure('overloaded')],
  ['error-in-200', failure('server', { status: 200 })],
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
