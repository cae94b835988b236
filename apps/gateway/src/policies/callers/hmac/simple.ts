import type { Exchange } from '../../../exchange.ts';
import { Failure } from '../../../ports/tokens/failure.ts';
import { type Signed, targetOf } from './signed.ts';

export const SIMPLE_HEADER = 'x-signature';
const FORM = /^id=([\w-]{1,64}),t=(\d{1,12})(?:,n=([\w-]{1,64}))?,v1=([0-9a-f]{64})$/;
const MALFORMED = new Failure('The X-Signature header is not of the form id=...,t=...,v1=...');

/**
 * `X-Signature: id=<key id>,t=<Unix seconds>[,n=<nonce>],v1=<hex>`: HMAC-SHA-256 over time, nonce, method, path with query,
 * and body, each on a line of its own.
 */
export function readSimple(exchange: Exchange): Signed | Failure | null {
  const header = exchange.request.headers[SIMPLE_HEADER];
  if (header === undefined) return null;
  const [, keyId, time, nonce = '', hex] = FORM.exec(String(header).replaceAll(' ', '')) ?? [];
  if (keyId === undefined || time === undefined || hex === undefined) return MALFORMED;
  return {
    keyId,
    createdAt: Number(time),
    expiresAt: null,
    signature: Buffer.from(hex, 'hex'),
    bodyFollows: true,
    text: (of) => `${time}\n${nonce}\n${of.method}\n${targetOf(of)}\n`,
  };
}
