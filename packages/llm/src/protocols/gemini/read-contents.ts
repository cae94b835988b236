import type { CallIssue, MediaSource, Part, Proof, ToolResultPart, Turn } from '../../neutral/call.ts';
import { unpackProof } from '../../neutral/proof.ts';
import { defined, isObject } from '../../object.ts';
import { stringifyDeep } from '../../parse-exact.ts';
import { field, type Json, objectField, textField } from './field.ts';

export function problem(param: string, message: string): CallIssue {
  return { malformed: false, param, message: `\`${param}\` ${message}.` };
}

/** URIs only Google can follow: its buckets, its files, its videos. */
const GOOGLE_ONLY = /^gs:|^https:\/\/(?:generativelanguage\.googleapis\.com\/|(?:www\.)?youtube\.com\/|youtu\.be\/)/i;

function isText(mediaType: string): boolean {
  return mediaType.startsWith('text/');
}

function mediaPart(source: MediaSource, mediaType: string, name: string | undefined): Part {
  if (mediaType.startsWith('image/')) return { kind: 'image', source };
  if (mediaType.startsWith('audio/')) return { kind: 'audio', source };
  if (mediaType.startsWith('video/')) return { kind: 'video', source };
  if (source.kind === 'data' && isText(mediaType)) {
    const text = Buffer.from(source.data, 'base64').toString();
    return defined({ kind: 'document', source: { kind: 'text', text }, name }) as Part;
  }
  return defined({ kind: 'document', source, name }) as Part;
}

/** Ids of calls, which Gemini may leave out: then a call is known by its place, and its result by name and order. */
class CallIds {
  #calls = 0;
  /** Calls whose result has not come, by order. */
  readonly #open: { readonly id: string; readonly name: string }[] = [];

  call(id: string | undefined, name: string): string {
    const own = id ?? `gemini_call_${this.#calls}`;
    this.#calls++;
    this.#open.push({ id: own, name });
    return own;
  }

  result(id: string | undefined, name: string | undefined): string {
    const at = this.#open.findIndex((call) => (id === undefined ? call.name === name : call.id === id));
    const found = at === -1 ? undefined : this.#open.splice(at, 1)[0];
    return found?.id ?? id ?? `gemini_call_${this.#calls++}`;
  }
}

/** A function's response as content: its `output` or `error` where it has nothing else, as Google names them. */
function resultOf(response: unknown): { readonly text: string; readonly isError: boolean } {
  if (!isObject(response)) return { text: stringifyDeep(response) ?? '', isError: false };
  const keys = Object.keys(response);
  const only = keys.length === 1 ? (keys[0] as string) : '';
  if (only !== 'output' && only !== 'error') return { text: stringifyDeep(response) ?? '', isError: false };
  const value = response[only];
  return { text: typeof value === 'string' ? value : (stringifyDeep(value) ?? ''), isError: only === 'error' };
}

function readResult(given: Json, ids: CallIds, path: string): Part | CallIssue {
  const name = textField(given, 'name');
  if (name === undefined) return problem(`${path}.name`, 'must be the name of the function');
  const { text, isError } = resultOf(field(given, 'response') ?? {});
  const pieces: ToolResultPart['parts'][number][] = [{ kind: 'text', text }];
  const more = field(given, 'parts');
  if (Array.isArray(more)) {
    for (const [i, entry] of more.entries()) {
      const piece = isObject(entry) ? readMedia(entry, `${path}.parts[${i}]`) : null;
      if (piece !== null && 'malformed' in piece) return piece;
      if (piece?.kind === 'image' || piece?.kind === 'document') pieces.push(piece);
      else pieces.push({ kind: 'other', protocol: 'gemini', path: `${path}.parts[${i}]`, raw: entry });
    }
  }
  const callId = ids.result(textField(given, 'id'), name);
  return defined({ kind: 'tool_result', callId, name, parts: pieces, isError: isError || undefined }) as Part;
}

function readMedia(given: Json, path: string): Part | CallIssue | null {
  const inline = objectField(given, 'inlineData');
  if (inline) {
    const data = textField(inline, 'data');
    if (data === undefined) return problem(`${path}.inlineData.data`, 'must be base64');
    const mediaType = (textField(inline, 'mimeType') ?? 'application/octet-stream').toLowerCase();
    // Google's base64 may be in the alphabet for URLs; others take the ordinary one.
    const plain = data.includes('-') || data.includes('_') ? data.replaceAll('-', '+').replaceAll('_', '/') : data;
    return mediaPart({ kind: 'data', mediaType, data: plain }, mediaType, textField(inline, 'displayName'));
  }
  const file = objectField(given, 'fileData');
  if (!file) return null;
  const uri = textField(file, 'fileUri');
  if (uri === undefined) return problem(`${path}.fileData.fileUri`, 'must be a URI');
  const mediaType = (textField(file, 'mimeType') ?? '').toLowerCase();
  const source: MediaSource = GOOGLE_ONLY.test(uri)
    ? { kind: 'file', id: uri, protocol: 'gemini', ...(mediaType === '' ? {} : { mediaType }) }
    : { kind: 'url', url: uri, ...(mediaType === '' ? {} : { mediaType }) };
  return mediaPart(source, mediaType === '' ? 'video/unknown' : mediaType, textField(file, 'displayName'));
}

/** A part, and the proof that stood on it. */
interface Read {
  readonly part: Part | null;
  readonly proof: Proof | undefined;
}

function readPart(given: unknown, ids: CallIds, path: string): Read | CallIssue {
  if (!isObject(given)) return problem(path, 'must be a part');
  const signature = textField(given, 'thoughtSignature');
  const proof = signature === undefined ? undefined : unpackProof(signature, 'gemini');
  const text = field(given, 'text');
  if (text !== undefined) {
    if (typeof text !== 'string') return problem(`${path}.text`, 'must be a text');
    if (given.thought === true) {
      const redacted = text === '' && proof !== undefined ? true : undefined;
      return { part: defined({ kind: 'reasoning', text, redacted, proof }) as Part, proof: undefined };
    }
    return { part: text === '' ? null : { kind: 'text', text }, proof };
  }
  const call = objectField(given, 'functionCall');
  if (call) {
    const name = textField(call, 'name');
    if (name === undefined) return problem(`${path}.functionCall.name`, 'must be the name of the function');
    const args = stringifyDeep(field(call, 'args') ?? {});
    if (args === null) return problem(`${path}.functionCall.args`, 'nests too deeply');
    const id = ids.call(textField(call, 'id'), name);
    return { part: defined({ kind: 'tool_call', id, name, arguments: args, proof }) as Part, proof: undefined };
  }
  const response = objectField(given, 'functionResponse');
  const read = response ? readResult(response, ids, `${path}.functionResponse`) : readMedia(given, path);
  if (read !== null && 'malformed' in read) return read;
  return { part: read ?? { kind: 'other', protocol: 'gemini', path, raw: given }, proof };
}

/** Text and thoughts of a streamed answer come back in the pieces they came in: those of one kind are one part. */
function push(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (part.kind === 'text' && last?.kind === 'text')
    parts[parts.length - 1] = { kind: 'text', text: last.text + part.text };
  else if (part.kind === 'reasoning' && last?.kind === 'reasoning' && last.proof === undefined) {
    parts[parts.length - 1] = defined({ kind: 'reasoning', text: last.text + part.text, proof: part.proof }) as Part;
  } else parts.push(part);
}

/** Reads `contents`. Turns of one role that follow each other, as streamed answers in a history do, are one turn. */
export function readContents(contents: unknown): Turn[] | CallIssue {
  const list = isObject(contents) ? [contents] : contents;
  if (!Array.isArray(list)) return problem('contents', 'must be an array of contents');
  const turns: { role: Turn['role']; parts: Part[] }[] = [];
  const ids = new CallIds();
  for (const [i, entry] of list.entries()) {
    if (!isObject(entry)) return problem(`contents[${i}]`, 'must be a content');
    const role = entry.role === 'model' ? 'assistant' : entry.role === 'system' ? 'system' : 'user';
    const given = isObject(entry.parts) ? [entry.parts] : (entry.parts ?? []);
    if (!Array.isArray(given)) return problem(`contents[${i}].parts`, 'must be an array of parts');
    let turn = turns.at(-1);
    if (turn?.role !== role) {
      turn = { role, parts: [] };
      turns.push(turn);
    }
    for (const [j, each] of given.entries()) {
      const read = readPart(each, ids, `contents[${i}].parts[${j}]`);
      if ('malformed' in read) return read;
      if (read.part !== null) {
        if (role === 'assistant') push(turn.parts, read.part);
        else turn.parts.push(read.part);
      }
      // A signature on what is no thought and no call stands for thoughts nobody can read.
      if (read.proof) turn.parts.push({ kind: 'reasoning', text: '', redacted: true, proof: read.proof });
    }
  }
  return turns;
}
