import { FAINT, termsOf } from '@parley/llm/meaning/terms';
import type { Turn as Message, Part } from '@parley/llm/neutral/call';

/**
 * The words of a message, as ranking and topics compare them: 32-bit hashes in rising order, without repeats, and how often each
 * is there. Compact, for they are kept as long as the opened message is.
 */
export interface Words {
  readonly hashes: Uint32Array;
  readonly counts: Uint16Array;
  /** Words in all. */
  readonly length: number;
}

/** Characters of a session that are looked at: beyond them, less of each message. */
const MOST_CHARS = 2 * 1024 * 1024;
const MOST_CHARS_OF_ONE = 8192;
const LEAST_CHARS_OF_ONE = 256;
const MOST_COUNT = 65_535;

/** What a message says, in words: of tools their names, what they were given and gave; nothing of media and of thoughts. */
export function spokenText(message: Message): string {
  const texts: string[] = [];
  for (const part of message.parts) gather(part, texts);
  return texts.join('\n');
}

function gather(part: Part, texts: string[]): void {
  if (part.kind === 'text' || part.kind === 'refusal') texts.push(part.text);
  else if (part.kind === 'tool_call') texts.push(part.name, part.arguments);
  else if (part.kind === 'tool_result') for (const piece of part.parts) gather(piece, texts);
  else if (part.kind === 'document') {
    if (part.name !== undefined) texts.push(part.name);
    if (part.source.kind === 'text') texts.push(part.source.text);
  }
}

/** FNV-1a over UTF-16. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Counts the words of a text, by hash. */
export function wordsIn(text: string): Words {
  const found = new Map<number, number>();
  const terms = termsOf(text, FAINT);
  for (const term of terms) {
    const hash = hashOf(term);
    found.set(hash, (found.get(hash) ?? 0) + 1);
  }
  const hashes = Uint32Array.from(found.keys()).sort();
  const counts = Uint16Array.from(hashes, (hash) => Math.min(found.get(hash) ?? 0, MOST_COUNT));
  return { hashes, counts, length: terms.length };
}

/** Of this many messages, how many characters of each are looked at: a power of two, so that it changes seldom. */
export function charsOfEach(messages: number): number {
  let chars = MOST_CHARS_OF_ONE;
  while (chars > LEAST_CHARS_OF_ONE && chars * messages > MOST_CHARS) chars /= 2;
  return chars;
}

interface Known {
  readonly chars: number;
  readonly words: Words;
}
/** Goes with the messages: what this process has opened lately keeps its words. */
const known = new WeakMap<Message, Known>();

/** The words of the first `chars` characters of a message. */
export function wordsOf(message: Message, chars: number): Words {
  const held = known.get(message);
  if (held?.chars === chars) return held.words;
  const words = wordsIn(spokenText(message).slice(0, chars));
  known.set(message, { chars, words });
  return words;
}

/** How often a word is there. */
export function countOf({ hashes, counts }: Words, hash: number): number {
  let low = 0;
  let high = hashes.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const here = hashes[middle] as number;
    if (here === hash) return counts[middle] as number;
    if (here < hash) low = middle + 1;
    else high = middle - 1;
  }
  return 0;
}
