import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

/** What a plain HTTP client sees of one answer. */
export interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What arrived before the end or the break. */
  readonly text: string;
  /** Pieces as they arrived. */
  readonly pieces: readonly Buffer[];
  /** The connection ended without completing the answer. */
  readonly broken: boolean;
  readonly headersMs: number;
  readonly firstByteMs: number;
  readonly totalMs: number;
}

/** Calls the simulator with a fault by header and watches what comes; gives up after `patienceMs`. */
export async function callWithFault(
  url: string,
  fault: string,
  stream: boolean,
  rest: object,
  patienceMs: number,
): Promise<Seen> {
  const startedMs = performance.now();
  const since = () => performance.now() - startedMs;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sim-test', 'content-type': 'application/json', 'x-simulate': fault },
      signal: AbortSignal.timeout(patienceMs),
    });
    request.once('response', resolve).once('error', reject);
    const messages = [{ role: 'user', content: 'Tell me about tides — é' }];
    request.end(JSON.stringify({ model: 'sim-small', messages, stream, ...rest }));
  });
  const headersMs = since();
  const pieces: Buffer[] = [];
  let firstByteMs = Number.POSITIVE_INFINITY;
  const broken = await new Promise<boolean>((resolve) => {
    response.on('data', (piece: Buffer) => {
      firstByteMs = Math.min(firstByteMs, since());
      pieces.push(piece);
    });
    response.once('end', () => resolve(false));
    response.once('error', () => resolve(true));
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: Buffer.concat(pieces).toString(),
    pieces,
    broken,
    headersMs,
    firstByteMs,
    totalMs: since(),
  };
}
