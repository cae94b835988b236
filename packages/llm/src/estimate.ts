import { base64Bytes, type MediaKind, mediaTokens } from './media-tokens.ts';
import { countTokens } from './token-count.ts';

/** What each message costs beside its text, by OpenAI's cookbook on counting chat tokens. */
const TOKENS_PER_MESSAGE = 3;
const TOKENS_TO_PRIME_ANSWER = 3;

/** Deeper than this no message or tool nests; what does is not counted. */
const MAX_DEPTH = 32;

/** Members that hold what a model reads, in any client protocol: those that may hold media, and the others. */
const TURNS = ['messages', 'input', 'contents'] as const;
const BESIDE = ['system', 'instructions', 'systemInstruction', 'tools'] as const;
/** Members that hold nothing a model reads as text. */
const NOT_TEXT = new Set(['encrypted_content', 'signature', 'thoughtSignature']);

type Members = Readonly<Record<string, unknown>>;

/** Parts that are media, by their `type`: OpenAI's two protocols, Anthropic's. */
const MEDIA_TYPES: Readonly<Record<string, MediaKind>> = {
  image_url: 'image',
  input_image: 'image',
  image: 'image',
  input_audio: 'audio',
  file: 'document',
  input_file: 'document',
  document: 'document',
};
/** Members of those that hold the media itself, or where it is. */
const HOLDS = [
  'image_url',
  'input_audio',
  'file',
  'source',
  'inlineData',
  'fileData',
  'data',
  'file_data',
  'url',
] as const;

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Gemini's parts say what they are by a media type only. */
function kindOf(part: Members): MediaKind | null {
  const held = part['inlineData'] ?? part['fileData'];
  if (!isMembers(held)) return typeof part['type'] === 'string' ? (MEDIA_TYPES[part['type']] ?? null) : null;
  const named = held['mimeType'];
  const type = typeof named === 'string' ? named.split('/')[0] : undefined;
  return type === 'image' || type === 'audio' || type === 'video' ? type : 'document';
}

/** Bytes of the media that a part holds itself; `null` for media elsewhere. */
function bytesIn(part: Members, depth = 0): number | null {
  for (const name of HOLDS) {
    const held = part[name];
    if (isMembers(held) && depth < 2) return bytesIn(held, depth + 1);
    if (typeof held !== 'string') continue;
    const data = held.startsWith('data:') ? held.slice(held.indexOf(',') + 1) : held;
    if (held !== data || name === 'data' || name === 'file_data') return base64Bytes(data.length);
  }
  return null;
}

/** Plain text that Anthropic's documents hold in the place of a file. */
function plainText(part: Members): string | null {
  const source = part['source'];
  return isMembers(source) && source['type'] === 'text' && typeof source['data'] === 'string' ? source['data'] : null;
}

/** Texts are added to `into`; the tokens of what is no text are the result, where `media` is looked for. */
function read(value: unknown, into: string[], media: boolean, depth = 0): number {
  if (typeof value === 'string') into.push(value);
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return 0;
  const kind = media && isMembers(value) ? kindOf(value) : null;
  if (kind !== null) {
    const text = plainText(value as Members);
    if (text === null) return mediaTokens(kind, bytesIn(value as Members));
    into.push(text);
    return 0;
  }
  let tokens = 0;
  for (const [key, item] of Object.entries(value)) if (!NOT_TEXT.has(key)) tokens += read(item, into, media, depth + 1);
  return tokens;
}

/**
 * Estimates the input tokens of a request body of any client protocol: its texts counted, pictures, sound and documents by
 * their size. Bounded work.
 */
export function estimateInputTokens(request: Members): number {
  const texts: string[] = [];
  let media = 0;
  for (const member of TURNS) media += read(request[member], texts, true);
  for (const member of BESIDE) read(request[member], texts, false);
  const turns = request['messages'] ?? request['contents'] ?? request['input'];
  const messages = Array.isArray(turns) ? turns.length : 0;
  return media + countTokens(texts.join('\n')) + messages * TOKENS_PER_MESSAGE + TOKENS_TO_PRIME_ANSWER;
}
