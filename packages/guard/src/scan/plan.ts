import type { Detector, StartKind } from './detector.ts';
import { LOOK_BEHIND } from './detector.ts';
import type { PatternSet } from './patterns.ts';

/** Detectors sorted by where they begin, made once for a policy. */
export interface ScanPlan {
  /** For ASCII: which list of `lists` to ask, or 0. */
  readonly kinds: Uint8Array;
  readonly lists: readonly (readonly Detector[])[];
  /** Those asked at letters of a word that holds letters only. */
  readonly plainWords: readonly Detector[];
  /** Those asked at letters and digits outside of ASCII. */
  readonly others: readonly Detector[];
  readonly patterns: PatternSet | undefined;
  /** Most characters a scanner of this plan holds back. */
  readonly holdsBack: number;
}

const START_KINDS: readonly StartKind[] = ['digit', 'letter', 'plus', 'paren', 'dash', 'assign', 'slash', 'any'];

export const LETTERS = START_KINDS.indexOf('letter') + 1;
export const DIGITS = START_KINDS.indexOf('digit') + 1;

function kindOf(code: number): StartKind | undefined {
  if (code >= 48 && code <= 57) return 'digit';
  const low = code | 32;
  if (low >= 97 && low <= 122) return 'letter';
  return ({ '+': 'plus', '(': 'paren', '-': 'dash', ':': 'assign', '=': 'assign', '/': 'slash' } as const)[
    String.fromCharCode(code)
  ];
}

/** The longest a word is looked at as a whole to see whether it holds more than letters. */
export const LONGEST_WORD = 512;

/** Sorts detectors for scanning; those named first win where two begin at one place. */
export function planScan(detectors: readonly Detector[], patterns?: PatternSet): ScanPlan {
  const at = (kind: StartKind) => detectors.filter((one) => one.starts.includes(kind) || one.starts.includes('any'));
  const lists = [[], ...START_KINDS.map(at)];
  const kinds = new Uint8Array(128);
  for (let code = 0; code < 128; code++) {
    const kind = kindOf(code);
    const list = kind ? START_KINDS.indexOf(kind) + 1 : 0;
    if (lists[list]?.length) kinds[code] = list;
  }
  const letters = lists[LETTERS] ?? [];
  const longest = detectors.map(({ longest: most }) => most);
  return {
    kinds,
    lists,
    plainWords: letters.filter(({ plainWords }) => plainWords),
    others: detectors.filter(({ starts }) => starts.includes('any')),
    patterns,
    holdsBack: Math.max(0, letters.length > 0 ? LONGEST_WORD : 0, ...longest, patterns?.holdsBack ?? 0) + LOOK_BEHIND,
  };
}
