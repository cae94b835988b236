import { type Detector, MORE } from '../scan/detector.ts';

export interface PhraseList {
  /** What a verdict calls the list. */
  readonly name: string;
  readonly phrases: readonly string[];
}

interface Node {
  readonly next: Map<string, Node>;
  list?: string;
}

const isLetter = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);
/** Scripts that put no spaces between words: there a phrase may stand anywhere. */
const isSpaceless = (text: string): boolean =>
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]/u.test(text);

export const LONGEST_PHRASE = 128;

/**
 * Finds words and phrases of lists, in any case and with any white space or hyphen between words, at the ends of words. Time
 * is that of the longest phrase at each word's start, however many phrases there are.
 */
export function phraseDetector(detector: string, kind: string, lists: readonly PhraseList[]): Detector | undefined {
  const root: Node = { next: new Map() };
  for (const { name, phrases } of lists) for (const phrase of phrases) plant(root, phrase, name);
  if (root.next.size === 0) return undefined;
  return {
    name: detector,
    starts: ['any'],
    plainWords: true,
    reach: (text, at) => walk(root, text, at).reach,
    longest: LONGEST_PHRASE * 2,
    applies: (text, at) => at === 0 || !isLetter(text.charAt(at - 1)) || isSpaceless(text.charAt(at)),
    find: (piece) => {
      const { end, list } = walk(root, piece, 0);
      return list === undefined ? undefined : { from: 0, to: end, rule: `${detector}.${list}`, kind, score: 1 };
    },
  };
}

function plant(root: Node, phrase: string, list: string): void {
  let node = root;
  for (const character of phrase
    .normalize('NFKC')
    .toLowerCase()
    .trim()
    .replace(/[\s-]+/g, ' ')
    .slice(0, LONGEST_PHRASE)) {
    let next = node.next.get(character);
    if (!next) node.next.set(character, (next = { next: new Map() }));
    node = next;
  }
  if (node !== root) node.list ??= list;
}

/** The longest phrase from `at`; `reach` is how far one had to look, or MORE where the text ended inside of a phrase. */
function walk(root: Node, text: string, at: number): { reach: number; end: number; list: string | undefined } {
  let node = root;
  let index = at;
  let end = at;
  let list: string | undefined;
  let space = false;
  const most = at + LONGEST_PHRASE * 2;
  while (index < text.length && index < most) {
    const code = text.codePointAt(index) ?? 0;
    const size = code > 0xffff ? 2 : 1;
    // Half of a character, whose other half is to come.
    if (code >= 0xd800 && code < 0xdc00 && index + 1 === text.length) return { reach: MORE, end, list };
    const character = text.slice(index, index + size);
    const blank = code === 32 || code === 45 || code === 9 || code === 10 || code === 13;
    if (blank && space) {
      index += 1;
      continue;
    }
    space = blank;
    const next = node.next.get(blank ? ' ' : character.toLowerCase());
    if (!next) return { reach: Math.min(index + 2, most), end, list };
    node = next;
    index += size;
    if (node.list !== undefined) {
      const after = text.charAt(index);
      if (after === '') return { reach: MORE, end: index, list: node.list };
      if (!isLetter(after) || isSpaceless(after)) {
        end = index;
        list = node.list;
      }
    }
  }
  return { reach: index >= most ? most : MORE, end, list };
}
