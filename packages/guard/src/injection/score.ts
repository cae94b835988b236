import { hidesCharacters, plain, unleet, unmixScripts, unspaced, wordsOf } from './characters.ts';
import { type DecodedPiece, decodedPieces } from './decode.ts';
import { rulesIn } from './match.ts';
import { modelLogOdds } from './model.ts';
import type { InjectionCategory } from './rule.ts';
import { GLUED_PHRASES } from './rules.ts';

export interface InjectionHit {
  readonly rule: string;
  readonly category: InjectionCategory;
  readonly weight: number;
  /** How the text had to be read for the rule to hold: `plain`, `leet`, `spaced`, or a way of encoding. */
  readonly reading: 'plain' | 'leet' | 'spaced' | DecodedPiece['how'];
}

export interface InjectionScore {
  /** 0 to 1; 1 minus the product of what each rule leaves open. */
  readonly score: number;
  readonly hits: readonly InjectionHit[];
}

/** Texts are cut into pieces of so many characters, with an overlap, so that what stands far apart does not add up. */
const PIECE = 4000;
const OVERLAP = 400;

/** What a hidden or encoded reading adds, when a rule holds in it. */
const HIDING: Readonly<Partial<Record<InjectionHit['reading'], number>>> = {
  leet: 0.3,
  spaced: 0.4,
  base64: 0.5,
  hex: 0.5,
  url: 0.3,
  escapes: 0.4,
  entities: 0.4,
  rot13: 0.5,
  reversed: 0.5,
  tags: 0.7,
  hidden: 0.4,
};

/** Log-odds at which the model's word weighs half, and how fast it gains weight; for callers' own texts and for others. */
const MODEL_HALF = { trusted: 3.2, untrusted: 5 } as const;
const MODEL_SLOPE = 0.9;
/** Less than this is not worth telling. */
const MODEL_LEAST = 0.2;
/** Below these log-odds the model takes a text for an ordinary one, and rules alone prove less. */
const MODEL_DOUBTS = -1;

/** Talk about such attacks rather than one: users may ask about them. */
const TALKS_ABOUT =
  / (?:prompt injections?|jailbreak(?:s|ing)? (?:attacks?|attempts?|techniques?|research|detection)|attackers? (?:may|might|can|could|try|often|use|would)|phrases? (?:like|such as)|examples? of|for example|such as|red team(?:ing)?|owasp|detect(?:s|ing|ion)?|classif(?:y|ier|ies)|regex|unit test|test case|what does|what is a|how do i prevent|how to prevent|protect against|blog post|article) /;

/**
 * How much a text looks like an attempt to turn the model. `trusted` is true for what a user writes for himself, false for
 * retrieved documents and answers of tools, which have no business to give orders: there more rules hold and nothing is
 * taken for talk about attacks. Work is linear in the text.
 */
export function scoreInjection(text: string, trusted: boolean): InjectionScore {
  let best: InjectionScore = { score: 0, hits: [] };
  for (let from = 0; from === 0 || from < text.length; from += PIECE - OVERLAP) {
    const score = scorePiece(text.slice(from, from + PIECE), trusted);
    if (score.score > best.score) best = score;
    if (from + PIECE >= text.length) break;
  }
  return best;
}

function scorePiece(text: string, trusted: boolean): InjectionScore {
  const found = new Map<string, InjectionHit>();
  const add = (hit: InjectionHit) => {
    const known = found.get(hit.rule);
    if (!known || known.weight < hit.weight) found.set(hit.rule, hit);
  };
  const lower = unmixScripts(plain(text));
  const words = wordsOf(lower);
  read(lower, words, 'plain', trusted, add);
  const odds = modelLogOdds(lower, trusted);
  learned(odds, 'plain', trusted, add);
  for (const leet of unleet(lower)) read(leet, wordsOf(leet), 'leet', trusted, add);
  const spaced = unspaced(lower);
  if (spaced !== undefined) {
    read(spaced, wordsOf(spaced), 'spaced', trusted, add);
    const glued = spaced.replaceAll(' ', '');
    if (GLUED_PHRASES.some((phrase) => glued.includes(phrase))) {
      add({ rule: 'override.spaced', category: 'override', weight: 0.8, reading: 'spaced' });
    }
  }
  for (const piece of decodedPieces(text)) {
    const decoded = unmixScripts(plain(piece.text));
    // What is hidden from readers has no business to speak to the model, whoever sent it.
    const open = trusted && piece.how !== 'hidden' && piece.how !== 'tags';
    read(decoded, wordsOf(decoded), piece.how, open, add);
    learned(modelLogOdds(decoded, open), piece.how, open, add);
    if (piece.how === 'tags') add({ rule: 'payload.tags', category: 'payload', weight: 0.5, reading: 'tags' });
  }
  if (hidesCharacters(text)) add({ rule: 'payload.invisible', category: 'payload', weight: 0.4, reading: 'plain' });
  const all = [...found.values()];
  const doubted = odds < MODEL_DOUBTS && all.every(({ reading }) => reading === 'plain');
  return total(all, (trusted && TALKS_ABOUT.test(words) ? 0.6 : 1) * (doubted ? 0.7 : 1));
}

/** What the trained model says of one reading. */
function learned(
  odds: number,
  reading: InjectionHit['reading'],
  trusted: boolean,
  add: (hit: InjectionHit) => void,
): void {
  const half = trusted ? MODEL_HALF.trusted : MODEL_HALF.untrusted;
  const weight = 1 / (1 + Math.exp((half - odds) * MODEL_SLOPE));
  if (weight < MODEL_LEAST) return;
  add({ rule: 'learned.words', category: 'learned', weight, reading });
  const hiding = HIDING[reading];
  if (weight > 0.5 && hiding) add({ rule: `payload.${reading}`, category: 'payload', weight: hiding, reading });
}

function read(
  text: string,
  words: string,
  reading: InjectionHit['reading'],
  trusted: boolean,
  add: (hit: InjectionHit) => void,
): void {
  const rules = rulesIn(text, words, trusted);
  for (const { id, category, weight } of rules) add({ rule: id, category, weight, reading });
  const hiding = HIDING[reading];
  if (rules.length > 0 && hiding) add({ rule: `payload.${reading}`, category: 'payload', weight: hiding, reading });
}

function total(hits: readonly InjectionHit[], share: number): InjectionScore {
  let open = 1;
  for (const { weight } of hits) open *= 1 - weight;
  const score = (1 - open) * share;
  return { score: Math.round(score * 100) / 100, hits };
}
