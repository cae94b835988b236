import { RE2JS } from 're2js';
import { LOOK_BEHIND } from './detector.ts';

/** A pattern of a policy, in RE2's syntax. */
export interface PatternRule {
  readonly name: string;
  readonly kind: string;
  readonly pattern: string;
}

export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  readonly rule: string;
  readonly kind: string;
}

/** Patterns of a policy, matched window by window so that streams and whole texts meet the same. */
export interface PatternSet {
  readonly holdsBack: number;
  /** Matches that begin in `[from, from + WINDOW)`; `text` may begin and end anywhere around the window. */
  matches(text: string, from: number): PatternMatch[];
}

/** Characters in which a match may begin, before the next window is looked at. */
export const WINDOW = 128;
/** Longest match of a policy's pattern, in characters; a longer one is cut here. */
export const LONGEST_MATCH = 256;
/** Most matches of one pattern in one window. */
const MOST_MATCHES = 32;

/**
 * Compiles patterns for RE2, whose time is linear in the text. Throws with the pattern's name for what RE2 does not read, or
 * for a pattern that matches nothing at all (an empty match would be everywhere).
 */
export function compilePatterns(rules: readonly PatternRule[]): PatternSet | undefined {
  if (rules.length === 0) return undefined;
  const compiled = rules.map((rule) => {
    const re = compile(rule);
    if (re.matcher('').find())
      throw new Error(`The pattern ${rule.name} matches the empty text; write what it must hold.`);
    return { rule, re };
  });
  return {
    holdsBack: WINDOW + LONGEST_MATCH,
    matches: (text, from) => {
      const first = Math.max(0, from - LOOK_BEHIND);
      const piece = text.slice(first, from + WINDOW + LONGEST_MATCH);
      const found: PatternMatch[] = [];
      for (const { rule, re } of compiled) {
        const matcher = re.matcher(piece);
        let next = from - first;
        for (let count = 0; count < MOST_MATCHES && next <= piece.length && matcher.find(next); count++) {
          const start = matcher.start() + first;
          if (start >= from + WINDOW) break;
          const end = Math.min(matcher.end() + first, start + LONGEST_MATCH);
          if (end > start) found.push({ start, end, rule: rule.name, kind: rule.kind });
          next = Math.max(end, start + 1) - first;
        }
      }
      return found.sort((one, other) => one.start - other.start || other.end - one.end);
    },
  };
}

function compile({ name, pattern }: PatternRule): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new Error(`The pattern ${name} is not one of RE2: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
}
