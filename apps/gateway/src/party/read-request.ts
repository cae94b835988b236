import { isUtf8 } from 'node:buffer';
import type { Exchange } from '../exchange.ts';
import { Refusal, refusal } from '../refusals.ts';
import { collectBody } from '../wire/body.ts';

/** Bytes of what is asked of the endpoints for party tokens. */
const MAX_BODY = 65_536;

/** Reads a small body into the exchange, a form or JSON. */
export async function readPartyRequest(exchange: Exchange): Promise<Refusal | null> {
  const body = await collectBody(exchange, MAX_BODY);
  if (body instanceof Refusal) return body;
  exchange.body = body;
  return isUtf8(body) ? null : refusal('malformed_request', { message: 'The body is not valid UTF-8.' });
}
