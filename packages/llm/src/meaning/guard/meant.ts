import { MAX_MEANT_CHARS, stemmed } from '../words.ts';
import {
  ASKED,
  DATES,
  EMPTY,
  FORCE,
  JOINING,
  LANGUAGES,
  MORE_NUMBERS,
  NEGATIONS,
  NUMBER_WORDS,
  PEOPLE,
  SAME,
  TURNING,
  UNITS,
} from './word-lists.ts';

/** What of a text must be the same in another for both to ask the same. Lists are sorted, unless their order counts. */
export interface Meant {
  readonly scripts: string;
  /** `null` where too little shows it. */
  readonly language: string | null;
  /** Quoted, code, addresses: exactly as written, in their order. */
  readonly literal: string;
  /** In their order. */
  readonly numbers: string;
  readonly negations: number;
  readonly turning: string;
  readonly units: string;
  readonly dates: string;
  readonly force: string;
  readonly asked: string;
  readonly people: string;
  /** Lower-case names: words with a capital that no sentence gave them. */
  readonly names: readonly string[];
  readonly words: ReadonlySet<string>;
  /** Words with a meaning, by stem, in the phrases they stand in: sorted phrases. */
  readonly phrases: string;
  readonly content: readonly string[];
}

const OPENING =
  /^(?:(?:hi|hello|hey|dear|greetings|ok|okay|so|um|well)(?: (?:there|team|all|everyone|guys))?[\s,.!:;-]+|(?:please|pls|plz|kindly)[\s,]+|(?:can|could|would|will) (?:you|u|someone|anyone) (?:please |kindly |maybe )?(?:tell|show|let|help|explain to|give) me(?: know| understand| figure out| find out)?[\s,]+|(?:please )?(?:tell|let) me(?: know)?[\s,]+|(?:can|could|would) you (?:please |kindly )|do you (?:happen to )?know[\s,]+|(?:i(?: would|'d) like|i want|i need|i wish|i'm trying|i am trying) to (?:know|find out|understand|ask)[\s,]+|(?:i was|i am|i'm|just) (?:just )?wondering[\s,]+|(?:a )?quick question[\s,:;-]+|any idea[\s,]+)/;
const CLOSING =
  /[\s,.!;-]+(?:please|pls|plz|thanks|thank you|thx|ty|cheers)(?: (?:a lot|so much|very much|in advance|again))?[\s.!]*$/;

/** Several words that are one, and forms of a question that ask the same. */
const REWRITES: readonly (readonly [RegExp, string])[] = [
  [/[‘’]/g, "'"],
  [/^((?:in|on|at|for|from|with|using|during|after|before) [^,]{1,80}), (.+)$/s, '$2 $1'],
  [/\b(?:can't|cannot)\b/g, 'can not'],
  [/\bwon'?t\b/g, 'will not'],
  [/n't\b/g, ' not'],
  [/\b(what|who|where|when|how|why|that|it|there|here|let)'s\b/g, '$1 is'],
  [/\bi'm\b/g, 'i am'],
  [/'(?:re|ve|d)\b/g, ''],
  [/'ll\b/g, ' will'],
  [/\be-?mails?\b/g, 'email'],
  [/\bwi-?fi\b/g, 'wifi'],
  [/\b(?:log|sign)[ -]?(?:in|on)(?: ?to)?\b/g, 'login'],
  [/\b(?:log|sign)[ -]?(?:out|off)\b/g, 'logout'],
  [/\bset[ -]up\b/g, 'setup'],
  [/\bwhat(?: is|'s|) the (?:best |easiest |right |proper |correct )?way (?:to|of)\b/g, 'how'],
  [/\bis there (?:a|any) way to\b/g, 'how'],
  [/\bhow (?:do|can|could|would|should|might|to|does) (?:i|we|you|one|people|someone)\b/g, 'how'],
  [/\bhow (?:to|can|do|does)\b/g, 'how'],
  [/\bwhat does (.{1,60}?) mean\b/g, 'meaning $1'],
  [/\bwhat is the meaning of\b/g, 'meaning'],
  [/\b(?:i need|i want|i would like|i like) to\b/g, 'i'],
];

/** Countries by whichever of their names, before names are looked for. */
const COUNTRIES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:the )?(?:united states(?: of america)?|u\.s\.a?\.?|usa)(?!\w)/gi, 'USA'],
  [/\b(?:the )?(?:united kingdom|u\.k\.?|uk)(?!\w)/gi, 'UK'],
];

const FENCE = /```[\s\S]*?```|`[^`\n]+`/g;
const QUOTED =
  /"[^"\n]{1,400}"|“[^”\n]{1,400}”|«[^»\n]{1,400}»|„[^“”\n]{1,400}[“”]|(?<=^|[\s(])'[^'\n]{1,400}'(?=$|[\s).,;:!?])/g;
/** A piece between spaces that is no plain word: an address, a path, a name of code, a formula. */
const CODE = /(?:^|\s)(\S*(?:[_{}<>=\\/@#*+|^~&$%€£[\]]|[a-z][A-Z]|[A-Za-z]\.\w|\w\.[A-Za-z]|::|\w\()\S*)/g;
const NUMBER = /\d+(?:[.,:]\d+)*/g;
const WORDS = /[\p{L}\p{M}]+(?:'[\p{L}]+)?|\d+(?:[.,:]\d+)*/gu;
const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Arabic',
  'Hebrew',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Thai',
  'Devanagari',
].map((name) => [name, new RegExp(`\\p{Script=${name}}`, 'u')] as const);
const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

function opened(text: string): string {
  let rest = text.trim();
  for (let times = 0; times < 4; times++) {
    const shorter = rest.replace(OPENING, '').replace(CLOSING, '');
    if (shorter === rest || shorter.trim() === '') break;
    rest = shorter.trim();
  }
  return rest;
}

function rewritten(text: string): string {
  let rest = opened(text.toLowerCase());
  for (const [from, to] of REWRITES) rest = rest.replace(from, to);
  return opened(rest);
}

/** `1,000` and `1000`, `2.50` and `2.5` are the same number. */
function plainNumber(text: string): string {
  const bare = text.replace(/,(?=\d{3}(?:\D|$))/g, '');
  return /^\d+\.\d+$/.test(bare) ? bare.replace(/\.?0+$/, '') : bare;
}

function namesIn(text: string): string[] {
  const names: string[] = [];
  for (const match of text.matchAll(/(^|[.!?:\n]\s*|\s|\W)(\p{Lu}[\p{L}\p{M}\d]*)/gu)) {
    const [, before = '', word = ''] = match;
    const first = before === '' || /[.!?:\n]/.test(before);
    const shouted = word.length > 1 && word === word.toUpperCase();
    if (word === 'I' || (first && !shouted && isPlain(word.toLowerCase()))) continue;
    if (first && !shouted) continue;
    names.push(word.toLowerCase());
  }
  // A text all in capitals has no names to tell.
  return /\p{Ll}/u.test(text) ? names : [];
}

function isPlain(word: string): boolean {
  return EMPTY.has(word) || ASKED.has(word) || FORCE.has(word) || JOINING.has(word);
}

function languageOf(tokens: readonly string[]): string | null {
  let best: string | null = null;
  let most = 1;
  for (const [language, small] of Object.entries(LANGUAGES)) {
    const count = tokens.filter((token) => small.has(token)).length;
    if (count > most) [best, most] = [language, count];
  }
  return best;
}

const list = (found: readonly string[]): string => [...found].sort().join(' ');
const classes = (tokens: readonly string[], of: ReadonlyMap<string, string>): string =>
  list([...new Set(tokens.flatMap((token) => of.get(token) ?? []))]);

/** Reads what of a text must not differ. Bounded work, whatever the text. */
export function meantBy(given: string): Meant {
  let text = given.slice(0, MAX_MEANT_CHARS).normalize('NFKC');
  for (const [names, name] of COUNTRIES) text = text.replace(names, name);
  const literals: string[] = [];
  const take = (whole: string): string => {
    literals.push(whole.trim());
    return ' ';
  };
  const plain = text.replace(FENCE, take).replace(QUOTED, take);
  const coded = plain.replace(CODE, (_whole, piece: string) => {
    literals.push(piece.replace(/[?!.,;:)]+$/, ''));
    return ' ';
  });
  const tokens = (rewritten(coded).match(WORDS) ?? []).flatMap((word) =>
    SPACELESS.test(word) ? Array.from(word) : [word.slice(0, 64)],
  );
  const numbers: string[] = [];
  const turning: string[] = [];
  const units: string[] = [];
  const dates: string[] = [];
  const content: string[] = [];
  const phrases: string[][] = [[]];
  let negations = 0;
  for (const token of tokens) {
    const stem = stemmed(token);
    const number = /^\d/.test(token) ? plainNumber(token) : (NUMBER_WORDS.get(token) ?? MORE_NUMBERS.get(token));
    if (number !== undefined) numbers.push(number);
    if (NEGATIONS.has(token)) negations++;
    const other = SAME.get(token) ?? SAME.get(stem) ?? stem;
    const turns = TURNING.has(token) || TURNING.has(other);
    if (turns) turning.push(other);
    if (UNITS.has(stem) || UNITS.has(token)) units.push(stem);
    if (DATES.has(token)) dates.push(token);
    if (JOINING.has(token)) phrases.push([token]);
    if (JOINING.has(token) || (EMPTY.has(token) && !turns) || ASKED.has(token) || FORCE.has(token)) continue;
    const word = number ?? other;
    phrases.at(-1)?.push(word);
    content.push(word);
  }
  return {
    scripts: SCRIPTS.flatMap(([name, script]) => (script.test(text) ? [name] : [])).join(' '),
    language: languageOf(text.toLowerCase().match(WORDS) ?? []),
    literal: literals.join('\n'),
    numbers: [...numbers, ...literals.flatMap((literal) => literal.match(NUMBER) ?? [])].join(' '),
    negations,
    turning: list(turning),
    units: list(units),
    dates: list(dates),
    force: classes(tokens, FORCE),
    asked: classes(tokens, ASKED),
    people: classes(tokens, PEOPLE),
    names: namesIn(coded),
    words: new Set(tokens),
    phrases: list(
      phrases
        .filter((phrase) => phrase.length > 1 || !JOINING.has(phrase[0] ?? 'of'))
        .map((phrase) => phrase.join('_')),
    ),
    content,
  };
}

/** What a text is about in plain words: courtesy and small words left out, other words for the same put in one form. */
export function plainWords(text: string): string {
  const { content, literal } = meantBy(text);
  const plain = [...content, literal].join(' ').trim();
  return plain === '' ? text : plain;
}
