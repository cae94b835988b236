import { createHash, createHmac } from 'node:crypto';

/** A key of AWS. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary keys. */
  readonly sessionToken?: string;
}

/** A request as it is sent. */
export interface RequestToSign {
  readonly method: string;
  /** As on the wire, encoded once. */
  readonly path: string;
  /** Without its `?`. */
  readonly query: string;
  /** Flat names and values, `host` among them: all of them are signed, so only those that reach the provider unchanged. */
  readonly headers: readonly string[];
  readonly body: string | Buffer;
}

export interface SigningScope {
  readonly region: string;
  readonly service: string;
  readonly nowMs: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data, 'utf8').digest();
}

/** Percent-encoding of all but RFC 3986's unreserved characters. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map((pair): readonly [string, string] => {
    const at = pair.indexOf('=');
    const name = at === -1 ? pair : pair.slice(0, at);
    return [encoded(decoded(name)), at === -1 ? '' : encoded(decoded(pair.slice(at + 1)))];
  });
  pairs.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return pairs.map((pair) => pair.join('=')).join('&');
}

function canonicalHeaders(headers: readonly string[]): Map<string, string> {
  const byName = new Map<string, string>();
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase();
    const value = (headers[i + 1] as string).trim().replace(/ +/g, ' ');
    const before = byName.get(name);
    byName.set(name, before === undefined ? value : `${before},${value}`);
  }
  return new Map([...byName].sort(([a], [b]) => compare(a, b)));
}

/** `20150830T123600Z`. */
function timestamp(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/**
 * Signs a request with AWS Signature Version 4 (“Create a signed AWS API request”), path segments encoded twice, as every
 * service but S3 wants it. Returns the headers to add, flat: `x-amz-date`, `authorization`, and `x-amz-security-token` for
 * temporary keys.
 */
export function signRequest(request: RequestToSign, credentials: AwsCredentials, scope: SigningScope): string[] {
  const time = timestamp(scope.nowMs);
  const added = ['x-amz-date', time];
  if (credentials.sessionToken !== undefined) added.push('x-amz-security-token', credentials.sessionToken);
  const headers = canonicalHeaders([...request.headers, ...added]);
  const names = [...headers.keys()].join(';');
  const canonical = [
    request.method,
    request.path.split('/').map(encoded).join('/') || '/',
    canonicalQuery(request.query),
    ...[...headers].map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(request.body),
  ].join('\n');
  const day = time.slice(0, 8);
  const where = `${day}/${scope.region}/${scope.service}/aws4_request`;
  const key = [scope.region, scope.service, 'aws4_request'].reduce(
    hmac,
    hmac(`AWS4${credentials.secretAccessKey}`, day),
  );
  const signature = hmac(key, [ALGORITHM, time, where, sha256(canonical)].join('\n')).toString('hex');
  const credential = `Credential=${credentials.accessKeyId}/${where}`;
  return [...added, 'authorization', `${ALGORITHM} ${credential}, SignedHeaders=${names}, Signature=${signature}`];
}
