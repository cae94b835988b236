import { countOf, type Words } from './words.ts';

/** Okapi BM25 (Robertson and Zaragoza 2009) with the usual constants. */
const K1 = 1.2;
const B = 0.75;
/** Words of the question that are looked for: of a longer one those that are rarest in the texts. */
const MOST_WORDS = 64;

/**
 * How well each text answers to a question, by words alone: 0 where they share none. Each text is the words of its messages.
 * Takes time in proportion to texts × words of the question.
 */
export function rank(question: Words, texts: readonly (readonly Words[])[]): number[] {
  const lengths = texts.map((words) => words.reduce((sum, { length }) => sum + length, 0));
  const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, texts.length) || 1;
  const scores = new Array<number>(texts.length).fill(0);
  for (const { counts, holders } of rarest(question, texts)) {
    const idf = Math.log(1 + (texts.length - holders + 0.5) / (holders + 0.5));
    counts.forEach((count, at) => {
      if (count === 0) return;
      const long = 1 - B + (B * (lengths[at] as number)) / mean;
      scores[at] = (scores[at] as number) + (idf * count * (K1 + 1)) / (count + K1 * long);
    });
  }
  return scores;
}

interface Found {
  /** In each text. */
  readonly counts: readonly number[];
  /** Texts that have it. */
  readonly holders: number;
}

function rarest({ hashes }: Words, texts: readonly (readonly Words[])[]): Found[] {
  const found: Found[] = [];
  for (const hash of hashes.subarray(0, 4 * MOST_WORDS)) {
    const counts = texts.map((words) => words.reduce((sum, one) => sum + countOf(one, hash), 0));
    const holders = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
    if (holders > 0) found.push({ counts, holders });
  }
  return found.sort((a, b) => a.holders - b.holders).slice(0, MOST_WORDS);
}
