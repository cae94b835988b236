import type { Exchange } from '../exchange.ts';

const SMALL_BODY = 16_384;

/**
 * Lets the rest of the answer out: called when the usage event is safe. A whole answer leaves with its headers in one
 * write; of a streamed one only the end is left. A client that has gone gets nothing.
 */
export function deliver(exchange: Exchange): void {
  const { response, replyHeaders, replyBody } = exchange;
  if (response.destroyed) return;
  try {
    const whole = !exchange.headSent;
    if (whole) response.writeHead(exchange.status, replyHeaders ?? []);
    exchange.headSent = true;
    // Node joins headers and body into one write only for text; Latin-1 keeps every byte as it is.
    if (whole && replyBody instanceof Buffer && replyBody.length <= SMALL_BODY) {
      response.end(replyBody.toString('latin1'), 'latin1');
    } else response.end(replyBody ?? undefined);
  } catch {
    // A header of the upstream that HTTP does not allow: there is no way to pass the answer on.
    response.destroy();
  }
}

/** Breaks the connection instead of ending the answer: the only honest end for a raw body that was cut upstream. */
export function breakOff(exchange: Exchange): void {
  exchange.response.destroy();
}
