/** Most parts, longest head of one, and longest plain field that are looked into; files are never copied. */
const MAX_PARTS = 200;
const MAX_HEAD_BYTES = 8192;
const MAX_FIELD_BYTES = 65_536;

/** A plain field of a form: where its value stands. */
interface Field {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** What a file is called by its sender; `null` for a plain field. */
  readonly file: string | null;
}

/** A file of a form: its bytes are the form's own, not copied. */
export interface FormFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A `multipart/form-data` body (RFC 7578) with its plain fields. */
export interface Form {
  readonly fields: Readonly<Record<string, string>>;
  /** Its `Content-Type`, with the one boundary it was read by. */
  readonly contentType: string;
  /** The same body with another value in every field of a name. */
  with(name: string, value: string): Buffer;
  /** The first file of a name; `null` where there is none. */
  file(name: string): FormFile | null;
}

const BOUNDARY = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i;
/** What needs no quotes (RFC 9110 §5.6.2). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const NAME = /;\s*name="((?:[^"\\\r\n]|\\.)*)"/i;
const FILE = /;\s*filename\*?=/i;
const FILE_NAME = /;\s*filename="((?:[^"\\\r\n]|\\.)*)"/i;

/** A field that decides who is asked: it is read whole, or the form is none. */
const DECIDES = 'model';

function fieldAt(bytes: Buffer, start: number, end: number): Field | null | 'bad' {
  const headEnd = bytes.indexOf('\r\n\r\n', start);
  if (headEnd === -1 || headEnd > end || headEnd - start > MAX_HEAD_BYTES) return 'bad';
  const head = bytes.toString('utf8', start, headEnd);
  const line = head.split('\r\n').find((each) => /^content-disposition:/i.test(each));
  const name = line === undefined ? null : NAME.exec(line);
  if (line === undefined || name === null) return 'bad';
  const file = FILE.test(line) ? (FILE_NAME.exec(line)?.[1] ?? '') : null;
  const field = { name: name[1] as string, start: headEnd + 4, end, file };
  const skipped = file !== null || end - field.start > MAX_FIELD_BYTES;
  if (skipped && field.name === DECIDES) return 'bad';
  return skipped && file === null ? null : field;
}

/** Reads a form without copying its files; `null` for what is none. */
export function readForm(bytes: Buffer, contentType: string): Form | null {
  const found = BOUNDARY.exec(contentType);
  if (!found) return null;
  const boundary = found[1] ?? found[2] ?? '';
  const delimiter = `--${boundary}`;
  if (bytes.indexOf(`${delimiter}\r\n`) !== 0) return null;
  const fields: Field[] = [];
  const files: Field[] = [];
  let at = delimiter.length + 2;
  for (let parts = 0; ; parts++) {
    const end = bytes.indexOf(`\r\n${delimiter}`, at);
    if (end === -1 || parts === MAX_PARTS) return null;
    const field = fieldAt(bytes, at, end);
    if (field === 'bad') return null;
    if (field !== null) (field.file === null ? fields : files).push(field);
    const next = end + 2 + delimiter.length;
    if (bytes.toString('latin1', next, next + 2) === '--') break;
    at = bytes.indexOf('\r\n', next) + 2;
    if (at === 1) return null;
  }
  const values = fields.map(({ name, start, end }) => [name, bytes.toString('utf8', start, end)] as const);
  return {
    fields: Object.fromEntries(values),
    contentType: `multipart/form-data; boundary=${TOKEN.test(boundary) ? boundary : `"${boundary}"`}`,
    with(name, value) {
      const pieces: Buffer[] = [];
      let copied = 0;
      for (const field of fields) {
        if (field.name !== name) continue;
        pieces.push(bytes.subarray(copied, field.start), Buffer.from(value));
        copied = field.end;
      }
      return Buffer.concat([...pieces, bytes.subarray(copied)]);
    },
    file(name) {
      const found = files.find((each) => each.name === name);
      return found === undefined ? null : { name: found.file ?? '', bytes: bytes.subarray(found.start, found.end) };
    },
  };
}
