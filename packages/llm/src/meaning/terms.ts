import { stemmed, wordsOf } from './words.ts';

/** Words that ask and join and say nothing of what is spoken about, in English, German, French and Spanish. */
export const FAINT: ReadonlySet<string> = new Set(
  (
    'a an the of to in on at by for from with and or but if as is are was were be been am do does did has have had i me my we our ' +
    'you your he she it its they them their this that these those there here what which who whom whose when where why how please can ' +
    'could would should will may might must shall about into than too very get got any some ' +
    'der die das ein eine einen einem einer und oder ist sind war wie was wer wo wann warum ich wir sie es im am zu den dem des von mit ' +
    'le la les un une des du de et ou est sont que qui quoi comment je nous vous il elle dans pour ' +
    'el los las uno unos y o es son como cual quien cuando donde yo en para por'
  ).split(' '),
);

const NONE: ReadonlySet<string> = new Set();

const IDEOGRAPH =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]$/u;

/**
 * What a text is found by: its words without their commonest English endings; of scripts that set no spaces every character and
 * every two neighbours. The same for documents and questions. `leftOut`: words that are none.
 */
export function termsOf(text: string, leftOut: ReadonlySet<string> = NONE): string[] {
  const terms: string[] = [];
  let before = '';
  for (const word of wordsOf(text)) {
    if (leftOut.has(word)) continue;
    const lone = IDEOGRAPH.test(word);
    if (lone && before !== '') terms.push(before + word);
    terms.push(lone ? word : stemmed(word));
    before = lone ? word : '';
  }
  return terms;
}

/** What a question looks for: each term once, without faint words unless nothing else is left. */
export function questionTerms(question: string): string[] {
  const strong = termsOf(question, FAINT);
  return [...new Set(strong.length > 0 ? strong : termsOf(question))];
}
