import { rangesClass } from '../scan/ranges.ts';

/** Letters of other scripts that look like Latin ones, for words that mix scripts (a part of Unicode's confusables). */
const CONFUSABLE: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['аạăάαａᴀ', 'a'],
    ['ЬвβƄ', 'b'],
    ['сϲᴄ', 'c'],
    ['ԁ', 'd'],
    ['еєεҽ', 'e'],
    ['ғ', 'f'],
    ['ɡԍ', 'g'],
    ['һհн', 'h'],
    ['іιɩӏїɪ', 'i'],
    ['ј', 'j'],
    ['кκᴋ', 'k'],
    ['ⅼ', 'l'],
    ['мᴍ', 'm'],
    ['пηɴ', 'n'],
    ['оοσօᴏө', 'o'],
    ['рρᴘ', 'p'],
    ['ԛ', 'q'],
    ['гʀ', 'r'],
    ['ѕꜱ', 's'],
    ['тτᴛ', 't'],
    ['υսᴜ', 'u'],
    ['ѵνᴠ', 'v'],
    ['ѡԝωᴡ', 'w'],
    ['хχ', 'x'],
    ['уγʏ', 'y'],
    ['ᴢ', 'z'],
  ].flatMap(([from = '', to = '']) => Array.from(from).map((letter) => [letter, to])),
);

const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'i',
  '€': 'e',
};

const INVISIBLE = new RegExp(
  `[${rangesClass('00ad 034f 061c 115f 1160 17b4 17b5 180b-180e 200b-200f 202a-202e 2060-206f fe00-fe0f feff ffa0')}]`,
  'g',
);
const TAGS = /[\u{e0020}-\u{e007e}]+/gu;

/** Text in Unicode's tag characters, which nobody sees and models read (U+E0020 to U+E007E stand for ASCII). */
export function tagText(text: string): string {
  if (!text.includes('\udb40')) return '';
  const found = text.match(TAGS) ?? [];
  return Array.from(found.join(' '))
    .map((one) => String.fromCodePoint((one.codePointAt(0) ?? 0x20) % 0xe0000))
    .join('');
}

/** True where so many invisible characters stand between letters that it is no accident. */
export function hidesCharacters(text: string): boolean {
  const inside = text.match(/\w[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+(?=\w)/g)?.length ?? 0;
  return inside >= 3 || /[\u202a-\u202e\u2066-\u2069].{3}/.test(text);
}

/** NFKC, lower case, no invisible characters, no accents on Latin, Greek and Cyrillic letters. */
export function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(/[\u{e0000}-\u{e007f}]/gu, '')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
}

const LOOKS_LATIN = /[\u0370-\u058f\u1d00-\u1d7f\u0250-\u02af]/;

/** Words that mix Latin with look-alike letters, as Latin; other words stay. */
export function unmixScripts(text: string): string {
  if (!LOOKS_LATIN.test(text)) return text;
  return text
    .split(/(\s+)/)
    .map((word) => {
      const mixed = /[a-z]/.test(word) && LOOKS_LATIN.test(word);
      return mixed
        ? Array.from(word)
            .map((one) => CONFUSABLE[one] ?? one)
            .join('')
        : word;
    })
    .join('');
}

/** True for two words near each other that mix letters with digits or signs; one alone is a unit, a code or a name. */
function hasLeet(text: string): boolean {
  let since = 9;
  for (const [word] of text.matchAll(/[a-z0-9@$!|€]{1,60}/g)) {
    if (word.length > 1 && /[a-z]/.test(word) && /[0-9@$|€]/.test(word)) {
      if (since <= 1) return true;
      since = 0;
    } else since++;
  }
  return false;
}

/**
 * Words with digits and signs among letters, with the letters these stand for, in two readings (`1` as i and as l); none
 * where there are no such words.
 */
export function unleet(text: string): string[] {
  if (!hasLeet(text)) return [];
  const read = (one: 'i' | 'l') =>
    text.replace(/[a-z0-9@$!|€]{1,40}/g, (word) =>
      /\d{6}/.test(word)
        ? word
        : word.replace(/[0-9@$|€]|!(?=[a-z0-9])/g, (mark) => ('1|!'.includes(mark) ? one : (LEET[mark] ?? mark))),
    );
  return [read('i'), read('l')];
}

/** Letters and digits only, and a dot where a sentence ends: what rules of words read. */
export function wordsOf(text: string): string {
  return ` ${text
    .replace(/['’`´]/g, '')
    .replace(/[.!?。！？\n]+(?=\s|$)|[。！？\n]+/g, ' . ')
    .replace(/[^\p{L}\p{M}\p{N}. ]+/gu, ' ')
    .replace(/\.(?=[^ ])/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()} `;
}

/**
 * Runs of single letters (`i g n o r e`, `i.g.n.o.r.e`) put together, with a space where the gap is wider; undefined if there
 * are none.
 */
export function unspaced(text: string): string | undefined {
  let found = '';
  for (const [run] of text.matchAll(
    /(?<![\p{L}\p{N}])[\p{L}\p{N}](?:[\s._*~+|/-]{1,4}[\p{L}\p{N}](?![\p{L}\p{N}])){7,600}/gu,
  )) {
    found += ` . ${run.replace(/[\s._*~+|/-]+/gu, (gap) => (gap.length > 1 || (gap === ' ' && /\w[._*~+|/-]\w/.test(run)) ? ' ' : ''))}`;
  }
  return found === '' ? undefined : `${found} `;
}
