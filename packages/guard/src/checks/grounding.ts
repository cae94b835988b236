import type { GuardrailsPolicy } from '@parley/contracts/policies/guardrails';
import type { GuardFinding } from '../verdict.ts';

/**
 * Whether documents bear out an answer, sentence by sentence: by the words both hold, and by numbers and names, every one of
 * which must stand in the documents. It knows no meaning: a paraphrase scores low, and a negation is only seen where words
 * for it differ.
 */
export interface SentenceGround {
  /** Where it stands in the answer, in characters. */
  readonly start: number;
  readonly end: number;
  /** Share of its words that one document's passage holds, 0 to 1. */
  readonly overlap: number;
  readonly borneOut: boolean;
  /** What speaks against it. */
  readonly lacks: readonly ('words' | 'numbers' | 'names' | 'negation')[];
  /** The passage nearest to it: which document, and where in it. */
  readonly nearest: { readonly document: number; readonly start: number; readonly end: number } | undefined;
}

export interface Grounding {
  /** Share of sentences that are borne out; 1 if there is nothing to bear out. */
  readonly score: number;
  readonly sentences: readonly SentenceGround[];
}

const LEAST_OVERLAP = 0.5;
/** Bounds of work: sentences of an answer, passages of documents. */
const MOST_SENTENCES = 400;
const MOST_PASSAGES = 2000;

const STOP_WORDS = new Set(
  (
    'a an the and or but if of in on at to for with by from as is are was were be been being it its this that these those there has have ' +
    'had do does did will would can could may might should than then so such into over under about after before between also very more ' +
    'most which who whom whose what when where how he she they we you i his her their our your der die das und oder in im ist sind ein ' +
    'eine einen von mit auf für zu den dem des le la les un une des et ou de du est sont en el los las una y o es son que se il lo gli ' +
    'e o os as um uma'
  ).split(' '),
);
const NEGATIONS =
  /\b(?:not|no|never|none|neither|nor|without|cannot|can't|isn't|aren't|wasn't|doesn't|don't|didn't|won't|nicht|kein\w*|nie|ohne|pas|jamais|aucun\w*|sans|nunca|ningun\w*|sin|non|mai|senza|não|nem|sem)\b/iu;

interface Passage {
  readonly start: number;
  readonly end: number;
  readonly words: readonly string[];
  readonly numbers: readonly string[];
  readonly names: readonly string[];
  readonly negated: boolean;
}

/** Compares an answer with the documents it was to be written from. Work is bounded by their number of sentences. */
export function checkGrounding(answer: string, documents: readonly string[]): Grounding {
  const passages = documents
    .flatMap((text, document) => passagesOf(text).map((passage) => ({ document, passage })))
    .slice(0, MOST_PASSAGES);
  const index = new Map<string, number[]>();
  for (const [place, { passage }] of passages.entries()) {
    for (const word of new Set(passage.words)) {
      const known = index.get(word);
      if (known) known.push(place);
      else index.set(word, [place]);
    }
  }
  const allNumbers = new Set(passages.flatMap(({ passage }) => passage.numbers));
  const allNames = new Set(documents.flatMap((text) => wordsIn(text)));
  const claims = passagesOf(answer)
    .filter(({ words, numbers }) => words.length + numbers.length >= 3)
    .slice(0, MOST_SENTENCES);
  const sentences = claims.map((claim) => ground(claim));
  const good = sentences.filter(({ borneOut }) => borneOut).length;
  return { score: sentences.length === 0 ? 1 : good / sentences.length, sentences };

  function ground(claim: Passage): SentenceGround {
    const { overlap, best } = nearest(claim);
    const passage = best?.passage;
    const lacks: SentenceGround['lacks'][number][] = [];
    if (overlap < LEAST_OVERLAP) lacks.push('words');
    const near = new Set(passage?.numbers);
    if (claim.numbers.some((number) => !near.has(number) && (!allNumbers.has(number) || overlap > 0.7)))
      lacks.push('numbers');
    if (claim.names.some((name) => !allNames.has(name))) lacks.push('names');
    if (passage && overlap >= LEAST_OVERLAP && passage.negated !== claim.negated) lacks.push('negation');
    return {
      start: claim.start,
      end: claim.end,
      overlap: Math.round(overlap * 100) / 100,
      borneOut: lacks.length === 0,
      lacks,
      nearest: best && { document: best.document, start: best.passage.start, end: best.passage.end },
    };
  }

  function nearest(claim: Passage): { overlap: number; best: (typeof passages)[number] | undefined } {
    const counts = new Map<number, number>();
    const own = new Set(claim.words);
    for (const word of own) for (const place of index.get(word) ?? []) counts.set(place, (counts.get(place) ?? 0) + 1);
    let place = -1;
    let most = 0;
    for (const [at, count] of counts) {
      if (count <= most) continue;
      most = count;
      place = at;
    }
    return { overlap: own.size === 0 ? 0 : most / own.size, best: passages[place] };
  }
}

/** What is to be noted of an answer that too few of its documents' sentences bear out; `null` where it is well founded. */
export function groundingFinding(
  { threshold, mode }: NonNullable<GuardrailsPolicy['grounding']>,
  answer: string,
  documents: readonly string[],
): Omit<GuardFinding, 'count'> | null {
  if (documents.length === 0 || answer === '') return null;
  const { score } = checkGrounding(answer, documents);
  if (score >= threshold) return null;
  const reason = `The documents bear out ${Math.round(score * 100)} % of the answer’s sentences.`;
  return { check: 'grounding', rule: 'share', kind: 'grounding', place: 'output', mode, score: 1 - score, reason };
}

const wordsIn = (text: string): string[] => text.toLowerCase().match(/\p{L}{2,40}/gu) ?? [];

/** A word without the endings that grammar adds, roughly, so that `rises` meets `rise`. */
const stem = (word: string): string =>
  word.length > 5
    ? word.replace(/(?:ingly|ing|edly|ed|ies|es|s|en|er|e|ment|ly)$/u, '').slice(0, 12)
    : word.replace(/s$/u, '');

function numbersIn(text: string): string[] {
  return (text.match(/\d[\d.,]*/g) ?? []).map((number) =>
    number
      .replace(/[.,](?=\d{3}(?:\D|$))/g, '')
      .replace(/[.,]$/, '')
      .replace(',', '.'),
  );
}

/** Sentences, with what they hold. Capital letters inside of a sentence make a name. */
function passagesOf(text: string): Passage[] {
  const passages: Passage[] = [];
  for (const match of text.matchAll(
    /[^.!?。！？\n]{1,2000}(?:[.](?=\d)[^.!?。！？\n]{1,500})*(?:[.!?。！？]+|\n|$)?/g,
  )) {
    const sentence = match[0];
    const words = wordsIn(sentence)
      .filter((word) => !STOP_WORDS.has(word))
      .map(stem);
    if (words.length === 0 && !/\d/.test(sentence)) continue;
    passages.push({
      start: match.index,
      end: match.index + sentence.length,
      words,
      numbers: numbersIn(sentence),
      names: (sentence.match(/(?<=[\p{Ll},;:] )\p{Lu}\p{Ll}{2,30}/gu) ?? []).map((name) => name.toLowerCase()),
      negated: NEGATIONS.test(sentence),
    });
  }
  return passages;
}
