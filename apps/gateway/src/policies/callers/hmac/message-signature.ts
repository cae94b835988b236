import type { Exchange } from '../../../exchange.ts';
import { Failure } from '../../../ports/tokens/failure.ts';
import { hasBody } from '../../../wire/body.ts';
import type { Signed } from './signed.ts';

/** One signature: its label, covered components without parameters, and its own parameters (RFC 9421 §4.1). */
const INPUT =
  /^([a-z*][a-z0-9_.*-]{0,63})=(\((?:"[a-z0-9@_-]{1,64}"(?: (?!\))|(?=\))))*\)((?:;[a-z]+=(?:"[\x20\x21\x23-\x5b\x5d-\x7e]{0,256}"|\d{1,12}))*))$/;
const VALUE = /^([a-z*][a-z0-9_.*-]{0,63})=:([A-Za-z0-9+/]{43}=):$/;
const PARAMETER = /;([a-z]+)=(?:"([^"]*)"|(\d+))/g;
/** Without these a signature says too little: it could be moved to another call. */
const NEEDED = ['@method', '@path', '@query'];

const MALFORMED = new Failure('Signature-Input and Signature must hold one signature each, of hmac-sha256');
const UNCOVERED = new Failure(
  'The signature must cover @method, @path, @query, and content-digest where there is a body',
);

/** Reads the one signature of a request (RFC 9421), made with `hmac-sha256`. */
export function readMessageSignature(exchange: Exchange): Signed | Failure | null {
  const { headers } = exchange.request;
  const given = headers['signature-input'];
  if (given === undefined) return null;
  const [, label, params = '', tail = ''] = INPUT.exec(String(given)) ?? [];
  const [, sameLabel, value = ''] = VALUE.exec(String(headers['signature'] ?? '')) ?? [];
  if (label === undefined || label !== sameLabel) return MALFORMED;
  const parameters = [...tail.matchAll(PARAMETER)];
  const of = new Map(parameters.map(([, name = '', text, number]) => [name, text ?? number ?? '']));
  const components = [...params.slice(0, params.length - tail.length).matchAll(/"([^"]+)"/g)].map(
    ([, name = '']) => name,
  );
  const keyId = of.get('keyid');
  const created = of.get('created');
  const odd = of.size !== parameters.length || new Set(components).size !== components.length;
  if (odd || !keyId || !created || (of.get('alg') ?? 'hmac-sha256') !== 'hmac-sha256') return MALFORMED;
  const needed = hasBody(exchange) ? [...NEEDED, 'content-digest'] : NEEDED;
  if (!needed.every((name) => components.includes(name))) return UNCOVERED;
  const expires = of.get('expires');
  return {
    keyId,
    createdAt: Number(created),
    expiresAt: expires === undefined ? null : Number(expires),
    signature: Buffer.from(value, 'base64'),
    bodyFollows: false,
    text: (call) => signatureBase(call, components, params),
  };
}

/** The signature base (§2.5); `null` when a covered field is missing or unknown. */
function signatureBase(exchange: Exchange, components: readonly string[], params: string): string | null {
  const lines: string[] = [];
  for (const name of components) {
    const value = valueOf(exchange, name);
    if (value === null) return null;
    lines.push(`"${name}": ${value}`);
  }
  return [...lines, `"@signature-params": ${params}`].join('\n');
}

function valueOf(exchange: Exchange, name: string): string | null {
  switch (name) {
    case '@method':
      return exchange.method;
    case '@path':
      return exchange.path;
    case '@query':
      return exchange.query === '' ? '?' : exchange.query;
    case '@authority':
      return exchange.request.headers.host?.toLowerCase() ?? null;
    default: {
      const values = name.startsWith('@') ? undefined : exchange.request.headersDistinct[name];
      return values === undefined ? null : values.map((value) => value.trim()).join(', ');
    }
  }
}
