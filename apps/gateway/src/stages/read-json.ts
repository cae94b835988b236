import { isUtf8 } from 'node:buffer';
import type { Exchange } from '../exchange.ts';
import { Refusal, refusal } from '../refusals.ts';
import { collectBody, tooLarge } from '../wire/body.ts';

/** Bodies of calls whose API is only known from the body (`/v1/…`); the API's own limit is checked once it is known. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** Reads a JSON body's bytes into the exchange. Whether they are JSON is for the next stage to say. */
export async function readJson(exchange: Exchange): Promise<Refusal | null> {
  const refused = checkJsonType(exchange) ?? (await readPlain(exchange));
  if (refused !== null || exchange.body === null || isUtf8(exchange.body)) return refused;
  return refusal('malformed_json', { message: 'The body is not valid UTF-8.' });
}

/** Refuses a body that says it is something else than JSON. */
export function checkJsonType(exchange: Exchange): Refusal | null {
  if (exchange.contentType !== '' && !JSON_TYPE.test(exchange.contentType)) {
    return refusal('unsupported_media_type', {
      message: `The body is declared as ${exchange.contentType.slice(0, 100)}; this endpoint reads JSON.`,
    });
  }
  return null;
}

/** Reads a body that is not compressed into the exchange, within the API's bound. */
export async function readPlain(exchange: Exchange): Promise<Refusal | null> {
  if (exchange.contentEncoding !== '' && exchange.contentEncoding.toLowerCase() !== 'identity') {
    return refusal('unsupported_media_type', { message: 'The body is compressed; this endpoint reads plain bodies.' });
  }
  const body = await collectBody(exchange, exchange.api?.maxBodyBytes ?? MAX_BODY_BYTES);
  if (body instanceof Refusal) return body;
  exchange.body = body;
  return null;
}

/** The API's own bound, for calls whose API was found through their body. */
export function checkBodySize(exchange: Exchange): Refusal | null {
  const maxBytes = exchange.api?.maxBodyBytes ?? MAX_BODY_BYTES;
  return exchange.requestBytes > maxBytes ? tooLarge(maxBytes) : null;
}
