import type { Dice } from './seeded.ts';

/** Plain English about a topic: grammatical, plausible, and about nothing but the words it was given. */
const STOP_WORDS = new Set(
  (
    'a about above after again all also am an and any are as ask at be because been before being below between both but by can ' +
    'could did do does doing down each exactly few for from further give had has have having he her here him his how i if in ' +
    'into is it its just let like list make many may me might more most much must my name no nor not now of off on once one only ' +
    'or other our out over own paragraph please reply respond same say sentence sentences she should show so some such summarise ' +
    'summarize tell than that the their them then there these they this those through to too translate under until up us use using ' +
    'very was we were what when where which while who whom why will with word words would write you your yours explain describe ' +
    'following short brief json format answer question two three four five six seven eight nine ten twelve twenty tips ideas items points steps reasons ways ' +
    'description text whose friendly polite professional product'
  ).split(' '),
);

const SENTENCES = [
  'The first thing to know about {topic} is the close link with {a}.',
  'People who work with {topic} usually start from {a} and check it against {b}.',
  'In practice, most of what happens with {topic} follows from {a}.',
  'A careful look at {topic} shows that {a} and {b} belong together.',
  'That is why planning for {topic} can be easier than it seems.',
  'Small changes in {a} can have large effects on {b}.',
  'Most questions about {topic} come down to {a}.',
  'It helps to write down what {b} should look like before touching {a}.',
  'Experience with {topic} suggests starting small and measuring often.',
  'With {a} settled, work on {b} can follow.',
  'There is no single right way to handle {topic}, but some ways age better than others.',
  'Teams that treat {a} as part of {topic} report fewer surprises.',
  'Over time, patience with {topic} pays off more than speed.',
  'A simple rule works well: settle {a} first and leave {b} for later.',
] as const;

/** Sentences that name the topic. */
const OPENINGS = SENTENCES.flatMap((sentence, at) => (sentence.includes('{topic}') ? [at] : []));

const GENERAL = ['the details', 'the context', 'timing', 'the people involved', 'good data', 'clear goals'] as const;

/** Content words in order of appearance, lower case, each once. */
export function keywords(text: string): string[] {
  const words = text.toLowerCase().match(/\p{L}[\p{L}\p{N}'-]*/gu) ?? [];
  return [...new Set(words.filter((word) => word.length > 2 && !STOP_WORDS.has(word)))].slice(0, 12);
}

const NAMED_TOPIC =
  /\b(?:about|explain|describe|what (?:is|are)|on|for|regarding)\s+(?:(?:a|an|the|my|our|your|this)\s+)?([^.,;:!?\n]{3,60})/i;
const TAIL = /\s+(?:in|with|using|for|as|to|and give)\s+.*$/i;

/** What a text is about, in a few words. */
export function topicOf(text: string): string {
  const named = NAMED_TOPIC.exec(text)?.[1]?.replace(TAIL, '').trim();
  if (named && keywords(named).length > 0) return named;
  return keywords(text).slice(0, 3).join(' ') || 'this';
}

/** Proper names: capitalised runs that do not open a sentence, in order, each once. */
export function properNames(text: string): string[] {
  const found = text.matchAll(/(?<![.!?:\n]\s*|^\s*|["“]\s*)\b(\p{Lu}[\p{L}\p{N}'-]+(?:\s+\p{Lu}[\p{L}\p{N}'-]+)*)/gu);
  return [...new Set([...found].map((match) => match[1] as string))];
}

export interface Writer {
  readonly sentence: () => string;
}

/** Sentences on the topic of a text: the first names it, and no two in a row are alike. */
export function writer(text: string, dice: Dice): Writer {
  const topic = topicOf(text);
  const words = keywords(text).filter((word) => !topic.toLowerCase().includes(word));
  const subjects = words.length >= 2 ? words : [...words, ...GENERAL];
  let last = -1;
  return {
    sentence() {
      const at = last < 0 ? dice.pick(OPENINGS) : (last + dice.integer(1, SENTENCES.length - 1)) % SENTENCES.length;
      last = at;
      const first = dice.integer(0, subjects.length - 1);
      const second = (first + dice.integer(1, subjects.length - 1)) % subjects.length;
      const filled = (SENTENCES[at] as string)
        .replaceAll('{topic}', topic)
        .replaceAll('{a}', subjects[first] as string)
        .replaceAll('{b}', subjects[second] as string);
      return filled.charAt(0).toUpperCase() + filled.slice(1);
    },
  };
}
