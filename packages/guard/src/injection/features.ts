/** Buckets that features are hashed into; a power of two. */
export const BUCKETS = 131_072;
/** Features of each token. */
export const PER_TOKEN = 6;

/** Most tokens of a text that are read; slices of `model.ts` hold fewer. */
const MOST_TOKENS = 4096;
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;
/** Letters of a word that stand for it and its other forms. */
const STEM = 4;
const ROOT = 6;

/** 0: parts words; 1: belongs to a word; 2: a digit; 3: a sign that is a token. */
const ASCII = new Uint8Array(128);
for (const letter of 'abcdefghijklmnopqrstuvwxyz') ASCII[letter.charCodeAt(0)] = 1;
for (const digit of '0123456789') ASCII[digit.charCodeAt(0)] = 2;
for (const sign of '<>":') ASCII[sign.charCodeAt(0)] = 3;

/** Han, kana and Thai are written without spaces: each character is a token of its own. */
const standsAlone = (code: number): boolean =>
  (code >= 0x3040 && code <= 0x30ff) ||
  (code >= 0x3400 && code <= 0x9fff) ||
  (code >= 0x0e00 && code <= 0x0e7f) ||
  (code >= 0xd800 && code <= 0xdfff);
const isSign = (code: number): boolean =>
  (code >= 0x80 && code <= 0xbf) || (code >= 0x2000 && code <= 0x2bff) || (code >= 0x3000 && code <= 0x303f);

const mix = (one: number, other: number): number => {
  const mixed = Math.imul(one ^ Math.imul(other, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
};
const bucket = (hash: number): number => (Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 15) & (BUCKETS - 1);

const words = new Int32Array(MOST_TOKENS);
const roots = new Int32Array(MOST_TOKENS);
const stems = new Int32Array(MOST_TOKENS);
const buckets = new Uint32Array(MOST_TOKENS * PER_TOKEN);

/** Reads tokens into the arrays above; returns how many. */
function tokenize(text: string): number {
  let count = 0;
  let at = 0;
  while (at < text.length && count < MOST_TOKENS) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? ASCII[code] : isSign(code) ? 0 : standsAlone(code) ? 3 : 1;
    at++;
    if (kind === 0) continue;
    let hash = Math.imul(SEED ^ (kind === 2 ? 48 : code), PRIME);
    let root = hash;
    let stem = hash;
    if (kind !== 3) {
      for (let length = 2; at < text.length; at++, length++) {
        const next = text.charCodeAt(at);
        const same = next < 128 ? ASCII[next] === kind : kind === 1 && !isSign(next) && !standsAlone(next);
        if (!same) break;
        if (kind === 2) continue;
        hash = Math.imul(hash ^ next, PRIME);
        if (length <= ROOT) root = hash;
        if (length <= STEM) stem = hash;
      }
    }
    words[count] = hash;
    roots[count] = root;
    stems[count] = stem;
    count++;
  }
  return count;
}

export interface Features {
  readonly tokens: number;
  /** `PER_TOKEN` buckets of each token, in their order; overwritten by the next call. */
  readonly buckets: Uint32Array;
}

/**
 * Features of a text in lower case (`plain`): words, their beginnings, pairs and triples of these. Work is linear in the text, and
 * nothing is kept of it.
 */
export function featuresOf(text: string): Features {
  const tokens = tokenize(text);
  let stem1 = 1;
  let stem2 = 1;
  let word1 = 1;
  for (let index = 0; index < tokens; index++) {
    const word = words[index] ?? 0;
    const stem = stems[index] ?? 0;
    const at = index * PER_TOKEN;
    buckets[at] = bucket(word);
    buckets[at + 1] = bucket(mix(roots[index] ?? 0, 3));
    buckets[at + 2] = bucket(mix(mix(word1, word), 5));
    buckets[at + 3] = bucket(mix(mix(stem1, stem), 7));
    buckets[at + 4] = bucket(mix(mix(stem2, stem), 11));
    buckets[at + 5] = bucket(mix(mix(mix(stem2, stem1), stem), 13));
    stem2 = stem1;
    stem1 = stem;
    word1 = word;
  }
  return { tokens, buckets };
}
