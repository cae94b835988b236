import { FORM, HEADER, JSON_BODY, PATH, QUERY, TEXT } from './patterns.ts';

/** A text to look at, and which part of the request it is. */
export type Value = readonly [text: string, where: number];

/** Headers that hold nothing a program behind would run, or that never travel on. */
const PLAIN_HEADERS = new Set([
  'accept',
  'content-type',
  'accept-encoding',
  'via',
  'x-forwarded-proto',
  'x-request-id',
]);

/** Path, query and headers of a request; `headers` are flat names and values. */
export function* addressValues(path: string, query: string, headers: readonly string[]): Generator<Value, void> {
  yield [path, PATH];
  if (query.length > 1) yield* pairs(query.slice(1), QUERY);
  for (let i = 0; i < headers.length; i += 2) {
    if (!PLAIN_HEADERS.has(headers[i] as string)) yield [headers[i + 1] as string, HEADER];
  }
}

/** Names and values of a query or a form. */
export function* pairs(text: string, where: number): Generator<Value, void> {
  for (const pair of text.split('&')) {
    const mark = pair.indexOf('=');
    if (mark === -1) yield [pair, where];
    else {
      yield [pair.slice(0, mark), where];
      yield [pair.slice(mark + 1), where];
    }
  }
}

/** Texts and field names of parsed JSON. Walks with a list of its own: depth cannot exhaust the stack. */
export function* jsonValues(root: unknown): Generator<Value, void> {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') yield [value, JSON_BODY];
    else if (Array.isArray(value)) for (const inner of value) open.push(inner);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        yield [name, JSON_BODY];
        open.push(inner);
      }
    }
  }
}

const FILE_NAME = /filename\*?=(?:utf-8'')?"?([^"\r\n;]{1,500})/gi;
/** A part's end, its boundary and the headers of the next; `--` stays out of what rules see. */
const PART_SEAM = /(?:^|\r\n)--[^\r\n]{1,100}(?:\r\n(?:content-[a-z-]{1,40}:[^\r\n]{0,1000}\r\n){0,10}|$)/gi;

/** The values of a body by its media type; nothing for types that hold no text. `whole` says that nothing is missing. */
export function* bodyValues(contentType: string, bytes: Buffer, whole: boolean): Generator<Value, void> {
  const type = contentType.toLowerCase().split(';', 1)[0]?.trim() ?? '';
  if (type === 'application/x-www-form-urlencoded') {
    yield* pairs(bytes.toString('latin1'), FORM);
    return;
  }
  if (type === 'multipart/form-data') {
    const text = bytes.toString('utf8');
    for (const [, name = ''] of text.matchAll(FILE_NAME)) yield [name, FORM];
    for (const part of text.split(PART_SEAM)) if (!part.includes('\0')) yield [part, TEXT];
    return;
  }
  if (isJson(type)) {
    const parsed = whole ? parsedJson(bytes) : undefined;
    if (parsed === undefined) yield [bytes.toString('utf8'), TEXT];
    else yield* jsonValues(parsed);
  } else if (type === '' || type.startsWith('text/') || /[/+]xml$/.test(type) || type.includes('javascript')) {
    yield [bytes.toString('utf8'), TEXT];
  }
}

export function isJson(type: string): boolean {
  return /^application\/(?:[\w.+-]{1,80}\+)?json\s{0,5}(?:;|$)/i.test(type);
}

function parsedJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
