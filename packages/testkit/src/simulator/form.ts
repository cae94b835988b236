import type { Exchange } from './exchange.ts';
import { Failure } from './failure.ts';
import type { Look } from './format.ts';

/** Forms (`multipart/form-data`, RFC 7578), as uploads come. */
function fieldIn(raw: Buffer, name: string): string | null {
  const found = new RegExp(`name="${name}"\\r\\n\\r\\n([^\\r]*)\\r\\n`).exec(raw.toString('latin1'))?.[1];
  return found === undefined ? null : Buffer.from(found, 'latin1').toString();
}

/** Model, stream and prompt of a form, before it is read. */
export function lookAtForm(body: unknown): Look {
  const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  return {
    model: fieldIn(raw, 'model'),
    stream: fieldIn(raw, 'stream') === 'true',
    text: fieldIn(raw, 'prompt') ?? '',
  };
}

export interface Upload {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface Form {
  /** Text fields; `name[]` is given as a list under `name`. */
  readonly fields: Readonly<Record<string, string | string[]>>;
  files(name: string): readonly Upload[];
}

interface Piece {
  readonly field: string;
  /** Null for a text field. */
  readonly filename: string | null;
  readonly type: string;
  readonly bytes: Buffer;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');

function pieceOf(part: Buffer): Piece | null {
  const headEnd = part.indexOf(END_OF_HEAD);
  const head = part.subarray(0, Math.max(0, headEnd)).toString();
  const field = /;\s*name="([^"]*)"/i.exec(head)?.[1];
  if (headEnd < 0 || field === undefined) return null;
  return {
    field,
    filename: /;\s*filename="([^"]*)"/i.exec(head)?.[1] ?? null,
    type: /^content-type:\s*(\S+)/im.exec(head)?.[1] ?? 'application/octet-stream',
    bytes: part.subarray(headEnd + END_OF_HEAD.length),
  };
}

/** The pieces between the boundaries; null when they are not what RFC 2046 says. */
function pieces(body: Buffer, boundary: string): Piece[] | null {
  const line = Buffer.from(`\r\n--${boundary}`);
  const whole = Buffer.concat([Buffer.from('\r\n'), body]);
  const found: Piece[] = [];
  for (let at = whole.indexOf(line); at >= 0; ) {
    const from = at + line.length;
    if (whole.subarray(from, from + 2).toString() === '--') return found;
    const to = whole.indexOf(line, from);
    const piece = to < 0 ? null : pieceOf(whole.subarray(from + 2, to));
    if (!piece) return null;
    found.push(piece);
    at = to;
  }
  return null;
}

/** Reads a form. Throws Failure `invalid` when it is none. */
export function readForm(exchange: Exchange, body: unknown): Form {
  const type = exchange.request.headers['content-type'] ?? '';
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (!Buffer.isBuffer(body) || boundary === undefined) {
    throw new Failure('invalid', `Expected a multipart/form-data body, not '${type}'.`);
  }
  const read = pieces(body, boundary);
  if (!read) throw new Failure('invalid', 'Could not parse multipart form');
  const fields: Record<string, string | string[]> = {};
  const uploads: (Upload & { field: string })[] = [];
  for (const { field: given, filename, type: kind, bytes } of read) {
    const field = given.replace(/\[\]$/, '');
    if (filename !== null) {
      uploads.push({ field, name: filename, type: kind, bytes });
      continue;
    }
    const before = fields[field];
    const value = bytes.toString();
    fields[field] = given.endsWith('[]') ? [...(Array.isArray(before) ? before : []), value] : value;
  }
  return { fields, files: (name) => uploads.filter(({ field }) => field === name) };
}
