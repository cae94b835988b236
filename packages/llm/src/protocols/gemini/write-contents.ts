import type { Target } from '../../codec.ts';
import type { Call, Loss, MediaSource, Part, Proof, ToolCallPart, ToolResultPart, Turn } from '../../neutral/call.ts';
import { defined, isObject } from '../../object.ts';
import { parseExact } from '../../parse-exact.ts';
import { generationOf } from './model-name.ts';

type Written = Record<string, unknown>;
interface Content {
  readonly role: 'user' | 'model';
  /** Results of tools, with the place of the call each answers. */
  readonly results: { readonly at: number; readonly written: Written }[];
  readonly parts: Written[];
}

/** Stands where Gemini 3 wants a signature on a call that another model made; Google's documented way. */
export const NO_SIGNATURE = 'skip_thought_signature_validator';

/** Google's own addresses, which it follows itself. */
const GOOGLE = /^gs:|^https:\/\/(?:generativelanguage\.googleapis\.com\/|(?:www\.)?youtube\.com\/|youtu\.be\/)/i;

/** True for a URL that has to be fetched before Gemini can see what is there. */
export function mustFetch(url: string): boolean {
  return !GOOGLE.test(url);
}

/** What is known of a conversation while it is written. */
interface Writing {
  readonly target: Target;
  readonly losses: Loss[];
  /** The functions called so far, by the ids of the calls. */
  readonly calls: Map<string, { readonly name: string; readonly at: number }>;
}

const UNKNOWN_TYPES: Readonly<Record<string, string>> = {
  image: 'image/png',
  audio: 'audio/mpeg',
  video: 'video/mp4',
  document: 'application/pdf',
};

function writeMedia(source: MediaSource, kind: string, path: string, losses: Loss[]): Written | null {
  if (source.kind === 'data') return { inlineData: { mimeType: source.mediaType, data: source.data } };
  const mimeType = source.mediaType ?? UNKNOWN_TYPES[kind];
  if (source.kind === 'file' && source.protocol === 'gemini') {
    return { fileData: defined({ mimeType: source.mediaType, fileUri: source.id }) };
  }
  if (source.kind === 'url' && !mustFetch(source.url)) return { fileData: { mimeType, fileUri: source.url } };
  const why =
    source.kind === 'url' ? 'the provider does not fetch URLs' : 'a file of another provider is not known there';
  losses.push({ path, why, essential: true });
  return null;
}

function signatureOf(proof: Proof | undefined): string | undefined {
  return proof?.protocol === 'gemini' ? proof.value : undefined;
}

function writeCall(part: ToolCallPart, first: boolean, path: string, writing: Writing): Written {
  const { target, losses, calls } = writing;
  calls.set(part.id, { name: part.name, at: calls.size });
  let args = parseExact(part.arguments === '' ? '{}' : part.arguments);
  if (!isObject(args)) {
    losses.push({ path, why: 'the arguments are no JSON object, and were handed on as a text', essential: false });
    args = { arguments: part.arguments };
  }
  const id = target.quirks.toolCallIds === false ? undefined : part.id;
  // Only the first of several calls made at once bears a signature, and only Gemini 3 asks for it.
  const unsigned = first && generationOf(target.model) >= 3 ? NO_SIGNATURE : undefined;
  return defined({
    functionCall: defined({ id, name: part.name, args }),
    thoughtSignature: signatureOf(part.proof) ?? unsigned,
  });
}

/** What a tool answered, as an object: an object as it is, anything else as `output`, or `error`. */
function responseOf(text: string, isError: boolean): unknown {
  const value = /^\s*[[{]/.test(text) ? parseExact(text) : undefined;
  if (isError) return { error: value ?? text };
  return isObject(value) ? value : { output: value ?? text };
}

function writeResult(part: ToolResultPart, path: string, after: Written[], writing: Writing): Written {
  const { target, losses, calls } = writing;
  const texts: string[] = [];
  for (const [i, piece] of part.parts.entries()) {
    const written = piece.kind === 'text' ? null : writePart(piece, `${path}.content[${i}]`, losses);
    if (piece.kind === 'text') texts.push(piece.text);
    else if (written !== null) after.push(written);
  }
  const id = target.quirks.toolCallIds === false ? undefined : part.callId;
  const name = part.name ?? calls.get(part.callId)?.name ?? part.callId;
  return { functionResponse: defined({ id, name, response: responseOf(texts.join('\n'), part.isError === true) }) };
}

function writePart(part: Part, path: string, losses: Loss[]): Written | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { text: part.text };
    case 'image':
    case 'audio':
    case 'video':
      return writeMedia(part.source, part.kind, path, losses);
    case 'document':
      if (part.source.kind !== 'text') return writeMedia(part.source, part.kind, path, losses);
      return { text: part.name === undefined ? part.source.text : `${part.name}\n\n${part.source.text}` };
    case 'other':
      if (part.protocol === 'gemini' && isObject(part.raw)) return part.raw;
      losses.push({ path: part.path, why: 'the provider’s protocol has nothing like it', essential: true });
      return null;
    default:
      return null;
  }
}

/** Thoughts go back with the signature they came with, on the same part; another maker's are left out. */
function writeThought(part: Extract<Part, { kind: 'reasoning' }>): Written | null {
  const thoughtSignature = signatureOf(part.proof);
  if (thoughtSignature === undefined) return null;
  return part.redacted || part.text === ''
    ? { text: '', thoughtSignature }
    : { text: part.text, thought: true, thoughtSignature };
}

function writeAssistant(turn: Turn, path: string, into: Content, writing: Writing): void {
  let calls = 0;
  for (const [i, part] of turn.parts.entries()) {
    const at = `${path}[${i}]`;
    let written: Written | null;
    if (part.kind === 'tool_call') written = writeCall(part, calls++ === 0, at, writing);
    else written = part.kind === 'reasoning' ? writeThought(part) : writePart(part, at, writing.losses);
    if (written !== null && (written.text !== '' || written.thoughtSignature !== undefined)) into.parts.push(written);
  }
}

function writeUser(turn: Turn, path: string, into: Content, writing: Writing): void {
  const after: Written[] = [];
  const rest: Written[] = [];
  for (const [i, part] of turn.parts.entries()) {
    const at = `${path}[${i}]`;
    if (part.kind === 'tool_result') {
      const call = writing.calls.get(part.callId);
      into.results.push({ at: call?.at ?? Number.MAX_SAFE_INTEGER, written: writeResult(part, at, after, writing) });
      continue;
    }
    const written = writePart(part, at, writing.losses);
    if (written !== null && written.text !== '') rest.push(written);
  }
  into.parts.push(...after, ...rest);
}

function writeInstruction(turn: Turn, path: string, into: Written[], losses: Loss[]): void {
  for (const [i, part] of turn.parts.entries()) {
    if (part.kind === 'text') into.push({ text: part.text });
    else losses.push({ path: `${path}[${i}]`, why: 'instructions are told as texts only', essential: true });
  }
}

/** Results first, in the order of the calls they answer: without ids it is the order that joins two of one name. */
function finished({ role, results, parts }: Content): Written {
  const sorted = [...results].sort((a, b) => a.at - b.at);
  return { role, parts: [...sorted.map((result) => result.written), ...parts] };
}

/** Instructions, wherever they stood, and turns: merged where one role follows itself, beginning with the user. */
export function writeContents(call: Call, target: Target, losses: Loss[]): Written {
  const writing: Writing = { target, losses, calls: new Map() };
  const instructions: Written[] = [];
  const contents: Content[] = [];
  let cachedContent: unknown;
  for (const [i, turn] of call.turns.entries()) {
    const path = call.protocol === 'gemini' ? `contents[${i}].parts` : `messages[${i}].content`;
    const [first] = turn.parts;
    if (turn.role === 'system') {
      if (first?.kind === 'other' && first.protocol === 'gemini') cachedContent = first.raw;
      else writeInstruction(turn, path, instructions, losses);
      continue;
    }
    const role = turn.role === 'user' ? 'user' : 'model';
    const last = contents.at(-1);
    const content: Content = last?.role === role ? last : { role, results: [], parts: [] };
    if (role === 'user') writeUser(turn, path, content, writing);
    else writeAssistant(turn, path, content, writing);
    if (content !== last && content.parts.length + content.results.length > 0) contents.push(content);
  }
  // An empty text is refused, and so is a conversation the model begins.
  if (contents[0]?.role !== 'user') contents.unshift({ role: 'user', results: [], parts: [{ text: ' ' }] });
  return defined({
    contents: contents.map(finished),
    systemInstruction: instructions.length === 0 ? undefined : { parts: instructions },
    cachedContent,
  });
}
