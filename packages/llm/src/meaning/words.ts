/** Words of a text: letters and digits in Unicode, with an apostrophe, a point or a hyphen between them. */
const WORD = /[\p{L}\p{M}]+(?:['’][\p{L}]+)*|\p{N}+/gu;
const IDEOGRAPH =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/** Longest text whose meaning is looked at, in characters; what comes after is not. */
export const MAX_MEANT_CHARS = 8000;

/** Of a longer word the rest is left out. */
const MAX_WORD_CHARS = 64;

/** The words of a text in lower case; of scripts that set no spaces, every character. */
export function wordsOf(text: string): string[] {
  const found = text.slice(0, MAX_MEANT_CHARS).normalize('NFKC').toLowerCase().match(WORD) ?? [];
  return found.flatMap((word) =>
    IDEOGRAPH.test(word) ? Array.from(word) : [word.slice(0, MAX_WORD_CHARS).replaceAll('’', "'")],
  );
}

/**
 * An English word without its commonest endings: plural, `-ing`, `-ed`. Rough, and the same for the same word; other languages'
 * words mostly stay as they are.
 */
export function stemmed(word: string): string {
  const bare = word.endsWith("'s") ? word.slice(0, -2) : word;
  if (bare.length < 4) return bare;
  if (bare.endsWith('ies') && bare.length > 4) return `${bare.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|z)es$/.test(bare)) return bare.slice(0, -2);
  if (/[^siu]s$/.test(bare)) return bare.slice(0, -1);
  const ending = /^(.*[aeiouy].*?)(?:ing|ed)$/.exec(bare)?.[1];
  if (ending === undefined || ending.length < 3) return bare;
  // `stopping` and `making`, against `calling`: a doubled consonant is single, a lost `e` stays lost.
  return /([bdgmnprt])\1$/.test(ending) ? ending.slice(0, -1) : ending;
}
