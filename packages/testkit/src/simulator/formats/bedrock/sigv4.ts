import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Checks AWS Signature Version 4 (AWS IAM User Guide, “Create a signed AWS API request”). */
export interface SignedCall {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export interface Credential {
  readonly accessKeyId: string;
  /** `YYYYMMDD` */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

export interface SignatureParts {
  readonly credential: Credential;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/\s]+)\/(\d{8})\/([^/\s]+)\/([^/\s]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/** Reads an `Authorization` header; null when it is not one of Signature Version 4. */
export function parseAuthorization(header: string): SignatureParts | null {
  const [, accessKeyId, day, region, service, names, signature] = HEADER.exec(header) ?? [];
  if (!accessKeyId || !day || !region || !service || !names || !signature) return null;
  return { credential: { accessKeyId, day, region, service }, signedHeaders: names.split(';'), signature };
}

const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Uint8Array | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

function canonicalQuery(query: string): string {
  const pairs = query === '' ? [] : query.split('&').map((pair) => pair.split('='));
  return pairs
    .map(([name = '', value = '']) => [encode(decodeURIComponent(name)), encode(decodeURIComponent(value))])
    .sort(([a = '', x = ''], [b = '', y = '']) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');
}

/** Every segment of the path encoded once more, as all services but S3 want it. */
const canonicalPath = (path: string): string => path.split('/').map(encode).join('/');

function canonicalHeader(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return `${name}:${text.trim().replace(/ +/g, ' ')}\n`;
}

/** The signature a call should have. */
export function signatureOf(call: SignedCall, parts: SignatureParts, secretAccessKey: string): string {
  const [path = '', query = ''] = call.url.split('?');
  const { day, region, service } = parts.credential;
  const request = [
    call.method,
    canonicalPath(path),
    canonicalQuery(query),
    parts.signedHeaders.map((name) => canonicalHeader(call.headers, name)).join(''),
    parts.signedHeaders.join(';'),
    sha256(call.body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', String(call.headers['x-amz-date']), scope, sha256(request)].join('\n');
  const key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, day), region), service), 'aws4_request');
  return hmac(key, toSign).toString('hex');
}

/** True when the call is signed with this secret over its final bytes. */
export function isSigned(call: SignedCall, parts: SignatureParts, secretAccessKey: string): boolean {
  const right = Buffer.from(signatureOf(call, parts, secretAccessKey));
  const given = Buffer.from(parts.signature);
  return right.length === given.length && timingSafeEqual(right, given);
}

/** `20150830T123600Z` as milliseconds since 1970; NaN when it is not such a time. */
export function amzTime(text: string): number {
  const [, day, hour] = /^(\d{8})T(\d{6})Z$/.exec(text) ?? [];
  if (!day || !hour) return Number.NaN;
  const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  return Date.parse(`${date}T${hour.slice(0, 2)}:${hour.slice(2, 4)}:${hour.slice(4)}Z`);
}
