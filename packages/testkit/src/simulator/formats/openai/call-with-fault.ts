import { type Seen, watchCall } from '../../watch-call.ts';

/** Asks for a chat completion with a fault by header and watches what comes; gives up after `patienceMs`. */
export function callWithFault(
  url: string,
  fault: string,
  stream: boolean,
  rest: object,
  patienceMs: number,
): Promise<Seen> {
  const messages = [{ role: 'user', content: 'Tell me about tides — é' }];
  const headers = { authorization: 'Bearer sim-test', 'x-simulate': fault };
  const body = { model: 'sim-small', messages, stream, ...rest };
  return watchCall(`${url}/v1/chat/completions`, headers, body, patienceMs);
}
