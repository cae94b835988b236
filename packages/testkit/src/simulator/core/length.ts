/** How long an answer was asked to be. */
export interface AskedLength {
  readonly words?: number;
  readonly sentences?: number;
  readonly paragraphs?: number;
  readonly items?: number;
}

const NUMBERS: Readonly<Record<string, number>> = {
  a: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  twenty: 20,
};
const NUMBER = `(\\d{1,5}|${Object.keys(NUMBERS).join('|')})`;
const ITEM =
  'items?|ideas?|points?|bullets?|bullet points?|steps?|names?|reasons?|tips?|examples?|ways?|questions?|titles?|things?|benefits?|options?';

const KINDS = {
  words: new RegExp(`\\b${NUMBER}[ -]words?\\b`, 'i'),
  sentences: new RegExp(`\\b${NUMBER}(?: short| brief| clear| concise| single)?[ -]sentences?\\b`, 'i'),
  paragraphs: new RegExp(`\\b${NUMBER}(?: short| brief)?[ -]paragraphs?\\b`, 'i'),
  items: new RegExp(`\\b${NUMBER}(?: [a-z]+){0,2} (?:${ITEM})\\b`, 'i'),
} as const;

const MOST = { words: 5000, sentences: 200, paragraphs: 50, items: 100 } as const;

function numberIn(text: string, kind: keyof typeof KINDS): number | undefined {
  const found = KINDS[kind].exec(text)?.[1]?.toLowerCase();
  if (found === undefined) return undefined;
  return Math.min(Math.max(1, NUMBERS[found] ?? Number(found)), MOST[kind]);
}

/** Reads “in 40 words”, “two sentences”, “5 tips”, … from instructions. */
export function askedLength(text: string): AskedLength {
  const asked: { -readonly [Kind in keyof AskedLength]: number } = {};
  for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
    const number = numberIn(text, kind);
    if (number !== undefined) asked[kind] = number;
  }
  return asked;
}
