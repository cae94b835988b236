import { hash } from 'node:crypto';
import type { Exchange } from '../../exchange.ts';
import { type Refusal, refusal } from '../../refusals.ts';

const MAX_KEY = 255;
/** Visible ASCII; in quotes (a structured field string, as the draft has it) spaces too. */
const PLAIN = /^[\x21\x23-\x5b\x5d-\x7e][\x21-\x7e]*$/;
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"$/;

/**
 * The `Idempotency-Key` of a call: quoted as in the draft, or bare as most clients send it; both name the same key.
 * `null` without one, a refusal for one that cannot be.
 */
export function readKey(exchange: Exchange): string | null | Refusal {
  const values = exchange.request.headersDistinct['idempotency-key'];
  if (values === undefined) return null;
  const text = values.length === 1 ? (values[0] as string).trim() : '';
  const key = QUOTED.exec(text)?.[1]?.replace(/\\(.)/g, '$1') ?? (PLAIN.test(text) ? text : '');
  if (key === '' || key.length > MAX_KEY) return refusal('idempotency_key_malformed');
  return key;
}

/** Names a key among all: nobody else's, and no other API version's, is ever the same. */
export function keyName(exchange: Exchange, key: string): string {
  const { caller, subject } = exchange;
  // Tokens of many people may count to one application: none of them gets another's answer.
  const whose = [caller?.application.id, subject === caller?.key.id ? '' : subject];
  return hash('sha256', JSON.stringify([...whose, exchange.version?.id, key]), 'base64url');
}

/** What makes two calls the same: method, path, query and body. */
export function fingerprintOf(exchange: Exchange): string {
  const head = Buffer.from(`${exchange.method}\n${exchange.path}\n${exchange.query}\n`);
  return hash('sha256', exchange.body === null ? head : Buffer.concat([head, exchange.body]), 'base64url');
}
