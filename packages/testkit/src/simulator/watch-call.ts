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

/** Posts a body and watches what comes; gives up after `patienceMs`. */
export async function watchCall(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
  patienceMs: number,
): Promise<Seen> {
  const startedMs = performance.now();
  const since = () => performance.now() - startedMs;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(patienceMs),
    });
    request.once('response', resolve).once('error', reject);
    request.end(JSON.stringify(body));
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
