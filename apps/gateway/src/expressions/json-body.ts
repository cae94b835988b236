import { isUtf8 } from 'node:buffer';
import type { Exchange } from '../exchange.ts';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** Whether the body is declared as plain JSON. */
export function declaresJson({ contentType, contentEncoding }: Exchange): boolean {
  const plain = contentEncoding === '' || contentEncoding.toLowerCase() === 'identity';
  return plain && JSON_TYPE.test(contentType);
}

/** The JSON body of a call, parsed; `undefined` where it has none, it was not read, or it is no JSON. */
export function jsonBody(exchange: Exchange): unknown {
  const { body } = exchange;
  if (body === null || !declaresJson(exchange) || !isUtf8(body)) return undefined;
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
