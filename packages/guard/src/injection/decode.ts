import { tagText } from './characters.ts';

export interface DecodedPiece {
  readonly how: 'base64' | 'hex' | 'url' | 'escapes' | 'entities' | 'rot13' | 'reversed' | 'tags' | 'hidden';
  readonly text: string;
}

/** Most pieces looked into, and most characters of them all, so that work stays linear. */
const MOST_PIECES = 64;
const MOST_CHARACTERS = 65_536;

const printable = (text: string): boolean => {
  if (text.length < 8) return false;
  const good = text.match(/[\p{L}\p{N} .,;:!?'"()\n\t-]/gu)?.length ?? 0;
  return good / text.length > 0.88 && /[\p{L}]{3}/u.test(text);
};

function base64(run: string): string {
  const bytes = Buffer.from(run.replace(/\s/g, ''), 'base64');
  return bytes.toString('utf8');
}

const rot13 = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });

const codePoint = (text: string, radix: number): string => {
  const code = Number.parseInt(text, radix);
  return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : ' ';
};

function percentDecoded(text: string): string {
  const bytes = text
    .replace(/\+/g, ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, pair: string) => String.fromCharCode(Number.parseInt(pair, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/**
 * Other readings of a text that a model might be asked for, or that a reader of the page would not see: encoded runs, rot13,
 * reversed text, tag characters, and what stands in comments and hidden elements.
 */
export function decodedPieces(text: string): DecodedPiece[] {
  const pieces: DecodedPiece[] = [];
  let left = MOST_CHARACTERS;
  const add = (how: DecodedPiece['how'], piece: string, checked = true) => {
    if (pieces.length >= MOST_PIECES || left <= 0 || (checked && !printable(piece))) return;
    pieces.push({ how, text: piece.slice(0, left) });
    left -= piece.length;
  };
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{16,8192}={0,2}/g)) {
    if (/^[0-9a-f]+$/i.test(run)) {
      if (run.length >= 24) add('hex', Buffer.from(run, 'hex').toString('utf8'));
    } else if (/[A-Z]/.test(run) && /[a-z]/.test(run)) add('base64', base64(run));
  }
  for (const [run] of text.matchAll(/(?:[0-9a-f]{2}[ :]){11,2000}[0-9a-f]{2}/gi)) {
    add('hex', Buffer.from(run.replace(/[ :]/g, ''), 'hex').toString('utf8'));
  }
  for (const [run] of text.matchAll(/(?:[^\s%]{0,24}%[0-9a-f]{2}){4,500}[^\s]{0,24}/gi))
    add('url', percentDecoded(run));
  if (/\\u00[0-9a-f]{2}|\\x[0-9a-f]{2}/i.test(text)) {
    add(
      'escapes',
      text.replace(/\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi, (_, long?: string, short?: string) =>
        codePoint(long ?? short ?? '20', 16),
      ),
    );
  }
  if (/(?:&#x?[0-9a-f]{2,6};.{0,2}){4}/i.test(text)) {
    add(
      'entities',
      text.replace(/&#(x?)([0-9a-f]{2,6});/gi, (_, mark: string, digits: string) => codePoint(digits, mark ? 16 : 10)),
    );
  }
  if (/\b(?:gur|naq|lbh|lbhe|nyy|jvgu|vtaber|cebzcg)\b/i.test(text)) add('rot13', rot13(text));
  if (/\b(?:eht|uoy|ruoy|dna|lla|selur|erongi|woN|tuohtiw)\b|snoitcurtsni|tpmorp|metsys|suoiverp/i.test(text))
    add('reversed', Array.from(text).reverse().join(''));
  const tags = tagText(text);
  if (tags) add('tags', tags, false);
  for (const piece of hiddenPieces(text)) add('hidden', piece, false);
  return pieces;
}

const HIDDEN: readonly RegExp[] = [
  /<!--([^]{1,4000}?)-->/g,
  /<[a-z]{1,12}[^<>]{0,200}(?:display:\s?none|visibility:\s?hidden|font-size:\s?0|opacity:\s?0(?![.\d])|color:\s?(?:#fff(?:fff)?|white)|\bhidden\b|aria-hidden)[^<>]{0,200}>([^<]{1,4000})/gi,
  /<(?:script|style|noscript|template|details)[^<>]{0,200}>([^<]{1,4000})/gi,
  /\b(?:alt|title|aria-label|content|data-[a-z]{1,20})\s?=\s?"([^"]{12,2000})"/gi,
  /^\[\/\/\]: # [("']([^\n]{1,2000})[)"']\s*$/gm,
  /\/\*([^]{12,4000}?)\*\//g,
  /!\[([^\]\n]{24,2000})\]\(/g,
];

/** What a document holds and its reader does not see. */
function hiddenPieces(text: string): string[] {
  if (!/[<[/]/.test(text)) return [];
  return HIDDEN.flatMap((form) =>
    [...text.slice(0, MOST_CHARACTERS * 4).matchAll(form)].map(([, inside = '']) => inside),
  );
}
