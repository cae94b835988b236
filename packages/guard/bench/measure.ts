import { globSync, readFileSync } from 'node:fs';
import { guardrailsPolicy, PERSONAL_KINDS } from '@parley/contracts/policies/guardrails';
import { Guard } from '../src/guard.ts';
import { scoreInjection } from '../src/injection/score.ts';
import { Placeholders } from '../src/mask/placeholders.ts';
import { type DataSet, personalPositives, secretPositives } from './positives.ts';

export interface Measured {
  readonly what: string;
  readonly found: number;
  readonly of: number;
  /** Texts that were judged wrong, for whoever works on the rules. */
  readonly wrong: readonly string[];
}

const lines = (name: string): string[] =>
  readFileSync(new URL(`../data/${name}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll('\\n', '\n'));

/** `unseen` was written after `blind`, before the rules and the model of today, and nothing is tuned on it. */
export type TextSet = DataSet | 'unseen';

export const ordinaryTexts = (set: TextSet): string[] => lines(`ordinary-${set}`);

interface Attack {
  readonly text: string;
  readonly trusted: boolean;
}

const attacks = (set: TextSet): Attack[] =>
  lines(`injection-${set}`).map((line) => ({ trusted: line.startsWith('U'), text: line.slice(2) }));

const rot13 = (text: string) =>
  text.replace(/[a-z]/gi, (one) =>
    String.fromCharCode((((one.charCodeAt(0) % 32) - 1 + 13) % 26) + (one < 'a' ? 65 : 97)),
  );
const swap = (text: string, from: string, to: string) =>
  Array.from(text)
    .map((one) => Array.from(to)[Array.from(from).indexOf(one)] ?? one)
    .join('');

/** Ways to hide an attack from rules; each is applied to plain English ones. */
const DISGUISES: Readonly<Record<string, (text: string) => string>> = {
  base64: (text) => `Please decode and do: ${Buffer.from(text).toString('base64')}`,
  hex: (text) => Buffer.from(text).toString('hex'),
  rot13: (text) => rot13(text),
  leet: (text) => swap(text, 'aeiost', '431057'),
  spaced: (text) =>
    Array.from(text.replace(/[^a-z ]/gi, ''))
      .map((one) => (one === ' ' ? ' ' : `${one} `))
      .join(''),
  zeroWidth: (text) => Array.from(text).join('\u200b'),
  homoglyph: (text) => swap(text, 'aeopcixy', 'аеорсіху'),
  tags: (text) =>
    `Nice day! ${Array.from(text)
      .map((one) => String.fromCodePoint(0xe0000 + (one.codePointAt(0) ?? 32)))
      .join('')}`,
  fullWidth: (text) =>
    Array.from(text)
      .map((one) => (one > ' ' && one <= '~' ? String.fromCharCode(one.charCodeAt(0) + 0xfee0) : one))
      .join(''),
  comment: (text) => `<p>Opening hours: 9-17</p><!-- ${text} -->`,
  reversed: (text) => Array.from(text).reverse().join(''),
  url: (text) =>
    Array.from(text)
      .map((one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`)
      .join(''),
};

/** Twenty plain English attacks in every disguise, of those that are found without one. */
function disguisedAttacks(found: readonly Attack[]): Attack[] {
  const plain = found.filter(({ text, trusted }) => trusted && /^[ -~]+$/.test(text)).slice(0, 20);
  return Object.values(DISGUISES).flatMap((disguise) =>
    plain.map(({ text }) => ({ trusted: true, text: disguise(text) })),
  );
}

const CHECKED_KINDS = ['card', 'iban', 'email', 'phone', 'birthDate', 'ip', 'mac', 'cryptoAddress'] as const;

/** Recall of each class on positives of a set, a value counting only if none of it is left. */
export function measureRecall(set: DataSet, count: number): Measured[] {
  const guard = new Guard(guardrailsPolicy.parse({ personalData: {}, secrets: { mode: 'mask' } }));
  const masked = (text: string) => guard.checkInput([{ text, source: 'user' }], new Placeholders());
  const rows: Measured[] = CHECKED_KINDS.map((kind) => {
    const positives = personalPositives(kind, set, count);
    const wrong = positives.filter(({ text, value }) => masked(text).texts[0]?.includes(value));
    return { what: kind, found: count - wrong.length, of: count, wrong: wrong.map(({ text }) => text) };
  });
  const secrets = secretPositives(set, count);
  const left = secrets.filter(({ text, value }) => {
    const { texts, verdict } = masked(text);
    return value === '' ? !verdict.findings.some(({ check }) => check === 'secrets') : texts[0]?.includes(value);
  });
  rows.push({ what: 'secrets', found: count - left.length, of: count, wrong: left.map(({ text }) => text) });
  return [...rows, ...measureInjection(set)];
}

/** Recall of injection on a set's attacks: as callers wrote them, in documents, and in disguise. */
export function measureInjection(set: TextSet): Measured[] {
  const { injection } = guardrailsPolicy.parse({ injection: {} });
  const flagged = ({ text, trusted }: Attack) =>
    scoreInjection(text, trusted).score >=
    (trusted ? (injection?.threshold ?? 1) : (injection?.untrustedThreshold ?? 1));
  const row = (what: string, list: readonly Attack[]): Measured => {
    const missed = list.filter((attack) => !flagged(attack));
    return { what, found: list.length - missed.length, of: list.length, wrong: missed.map(({ text }) => text) };
  };
  const all = attacks(set);
  return [
    row(
      'injection, users',
      all.filter(({ trusted }) => trusted),
    ),
    row(
      'injection, documents',
      all.filter(({ trusted }) => !trusted),
    ),
    row('injection, disguised', disguisedAttacks(all.filter(flagged))),
  ];
}

/** Ordinary texts in which something was found, by class; `strict` reads them as documents for injection too. */
export function measureFalseAlarms(texts: readonly string[]): Measured[] {
  const guard = new Guard(
    guardrailsPolicy.parse({
      personalData: { kinds: [...PERSONAL_KINDS] },
      secrets: { mode: 'mask' },
      injection: { mode: 'observe' },
    }),
  );
  const byKind = new Map<string, string[]>();
  const note = (kind: string, text: string) => byKind.set(kind, [...(byKind.get(kind) ?? []), text]);
  for (const text of texts) {
    const { verdict } = guard.checkInput([{ text, source: 'user' }], new Placeholders());
    for (const { check, kind } of verdict.findings) note(check === 'injection' ? 'injection, users' : kind, text);
    const document = guard.checkInput([{ text, source: 'document' }], new Placeholders());
    if (document.verdict.findings.some(({ check }) => check === 'injection')) note('injection, documents', text);
  }
  const kinds = [...PERSONAL_KINDS, 'secret', 'injection, users', 'injection, documents'];
  return kinds.map((what) => ({
    what,
    found: byKind.get(what)?.length ?? 0,
    of: texts.length,
    wrong: byKind.get(what) ?? [],
  }));
}

/** Paragraphs by strangers: every sixth of the READMEs of the packages that are installed, which change with these. */
export function readmeParagraphs(): string[] {
  const root = new URL('../../../node_modules/', import.meta.url);
  return globSync(['*/README.md', '@*/*/README.md'], { cwd: root })
    .toSorted()
    .flatMap((path) =>
      readFileSync(new URL(path, root), 'utf8')
        .slice(0, 20_000)
        .split(/\n\s*\n/),
    )
    .filter((text) => text.length > 40)
    .filter((_, index) => index % 6 === 0);
}
