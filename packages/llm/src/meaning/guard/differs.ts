import type { Meant } from './meant.ts';

/** Why two texts may not be taken for the same question, however close their vectors are. */
export type Difference =
  | 'language'
  | 'literal'
  | 'number'
  | 'negation'
  | 'opposite'
  | 'unit'
  | 'date'
  | 'force'
  | 'asked'
  | 'people'
  | 'name'
  | 'word'
  | 'order';

/** `same`: every word that means something has to be there in both, in the same phrases; `free`: most may be others. */
export type Wording = 'same' | 'free';

/** What has to be equal, whatever the wording. */
const EQUAL: readonly (readonly [Difference, keyof Meant])[] = [
  ['language', 'scripts'],
  ['literal', 'literal'],
  ['number', 'numbers'],
  ['negation', 'negations'],
  ['unit', 'units'],
  ['date', 'dates'],
];
/** What has to be equal where most of the wording is. */
const EQUAL_WHEN_NEAR: readonly (readonly [Difference, keyof Meant])[] = [
  ['opposite', 'turning'],
  ['force', 'force'],
  ['asked', 'asked'],
];

/** Share of words in common from which two texts differ by what they do not share: one thing was changed, not the wording. */
const NEAR = 0.5;

function namesMissing(a: Meant, b: Meant): boolean {
  return a.names.some((name) => !b.words.has(name));
}

/** Words of one that the other lacks, each as often as it does. */
function beyond(a: readonly string[], b: readonly string[]): number {
  const left = [...b];
  return a.filter((word) => {
    const at = left.indexOf(word);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  }).length;
}

/** Whether two texts share most of their words, or differ in what was put in, taken out or exchanged once. */
function isNear(a: Meant, b: Meant): boolean {
  const [onlyA, onlyB] = [beyond(a.content, b.content), beyond(b.content, a.content)];
  const longest = Math.max(a.content.length, b.content.length);
  return onlyA === 0 || onlyB === 0 || (onlyA === 1 && onlyB === 1) || (a.content.length - onlyA) / longest >= NEAR;
}

/** The first thing in which two texts differ so that they ask something else; `null` where nothing of the kind shows. */
export function differs(a: Meant, b: Meant, wording: Wording): Difference | null {
  for (const [name, member] of EQUAL) if (a[member] !== b[member]) return name;
  if (a.language !== null && b.language !== null && a.language !== b.language) return 'language';
  if (a.people !== '' && b.people !== '' && a.people !== b.people) return 'people';
  if (namesMissing(a, b) || namesMissing(b, a)) return 'name';
  if (wording === 'free' && !isNear(a, b)) return null;
  for (const [name, member] of EQUAL_WHEN_NEAR) if (a[member] !== b[member]) return name;
  if (beyond(a.content, b.content) + beyond(b.content, a.content) > 0) return 'word';
  return a.phrases === b.phrases ? null : 'order';
}
