/**
 * What a detector is to the scanner. A detector is asked at a place where it may begin, is shown a bounded piece of text from
 * there, and says what it holds. It keeps no state, so what it finds is the same whatever chunks a text came in.
 */
export type StartKind = 'digit' | 'letter' | 'plus' | 'paren' | 'dash' | 'assign' | 'slash' | 'any';

export interface Hit {
  /** Within the piece; the first and the one behind the last character. */
  readonly from: number;
  readonly to: number;
  /** Which shape or check it was, such as `card.luhn`; never a part of the text. */
  readonly rule: string;
  /** What it is, such as `card`; the name of its placeholder. */
  readonly kind: string;
  /** How sure: 0 to 1. */
  readonly score: number;
}

export interface Detector {
  /** Unique among the detectors of a scanner. */
  readonly name: string;
  /** Characters at which it may begin. Letters and digits count only where no letter or digit stands before. */
  readonly starts: readonly StartKind[];
  /**
   * True if a word of letters alone may begin a hit. Where false, the scanner asks at letters only if the word up to the
   * next white space holds something else as well.
   */
  readonly plainWords?: boolean;
  /** Looks only at what stands before `at`, up to `LOOK_BEHIND` characters; false spares the rest. */
  readonly applies?: (text: string, at: number) => boolean;
  /**
   * Where the piece that decides ends, or `MORE` if the text ends before that can be known. Never further than
   * `at + longest`, where the scanner cuts.
   */
  readonly reach: (text: string, at: number) => number;
  /** Most characters of a piece. */
  readonly longest: number;
  readonly find: (piece: string, context: () => string) => Hit | undefined;
}

/** The answer of `reach` where the text so far does not decide. */
export const MORE = -1;

/** Characters before a place that detectors may read. */
export const LOOK_BEHIND = 64;

/** A table of 128 flags, read like the inside of a regex class: `charset('a-z0-9_-')`. */
export function charset(members: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const [, from = '', to = from] of members.matchAll(/(.)(?:-(.))?/gs)) {
    for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++) table[code] = 1;
  }
  return table;
}

/** A reach over characters of a set and the one behind them, which tells whether the run ended there. */
export function runOf(members: Uint8Array, longest: number): (text: string, at: number) => number {
  return (text, at) => {
    const most = Math.min(text.length, at + longest);
    for (let index = at; index < most; index++) {
      const code = text.charCodeAt(index);
      if (code > 127 || members[code] === 0) return index + 1;
    }
    return most === at + longest ? most : MORE;
  };
}

/** A reach that goes on over `run` only where the first characters are of `heads`, one set each. */
export function headed(
  heads: readonly Uint8Array[],
  run: (text: string, at: number) => number,
): (text: string, at: number) => number {
  return (text, at) => {
    for (const [index, members] of heads.entries()) {
      if (at + index >= text.length) return MORE;
      const code = text.charCodeAt(at + index);
      if (code > 127 || members[code] === 0) return at + index + 1;
    }
    return run(text, at);
  };
}
