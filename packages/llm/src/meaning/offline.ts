import { MAX_PLACES, mixed, quantised, type Vector } from './vector.ts';
import { stemmed, wordsOf } from './words.ts';

/** Words that say little of what a text is about, in English. */
const FAINT = new Set(
  (
    'a an the of to in on at by for from with and or but if then so as is are was were be been am do does did has have had ' +
    'i me my we our you your he she it its they them this that these those there here what which who how please can could ' +
    'would should will may might just also about into than too very get got'
  ).split(' '),
);
const FAINT_WEIGHT = 0.25;
const PAIR_WEIGHT = 0.6;
const PIECE_WEIGHT = 0.35;
const PIECE_CHARS = 4;

/** A 32-bit number of a text (FNV-1a, mixed). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

/**
 * The meaning of a text as far as its spelling tells: words, neighbouring words and pieces of words, hashed into places with
 * signs. Same words, same vector, on every machine and without asking anybody. It knows no synonyms: “cheap” and
 * “inexpensive” are strangers to it, “not cheap” and “cheap” are close. `null` for a text without words.
 */
export function offlineEmbedding(text: string): Vector | null {
  const places = new Array<number>(MAX_PLACES).fill(0);
  const add = (feature: string, weight: number): void => {
    const hash = hashOf(feature);
    const place = hash % MAX_PLACES;
    places[place] = (places[place] as number) + (hash & 0x8000_0000 ? -weight : weight);
  };
  let before: string | null = null;
  for (const word of wordsOf(text)) {
    const stem = stemmed(word);
    const weight = FAINT.has(word) ? FAINT_WEIGHT : 1;
    add(`w ${stem}`, weight);
    if (before !== null) add(`p ${before} ${stem}`, weight * PAIR_WEIGHT);
    if (weight === 1) {
      const framed = `<${stem}>`;
      for (let at = 0; at + PIECE_CHARS <= framed.length; at++) {
        add(`c ${framed.slice(at, at + PIECE_CHARS)}`, PIECE_WEIGHT / Math.sqrt(framed.length - PIECE_CHARS + 1));
      }
      before = stem;
    }
  }
  return quantised(places);
}
