import type { Dice } from './seeded.ts';

/**
 * A text that matches a regular expression: literals, classes, escapes, groups, alternation and quantifiers.
 * Look-around and back-references are not understood; the caller tests the text against the expression.
 */
const SETS: Readonly<Record<string, string>> = {
  d: '0123456789',
  w: 'abcdefghijklmnopqrstuvwxyz0123456789_',
  s: ' ',
  D: 'abcdefgh',
  W: '-.',
  S: 'abcdefgh',
};
const PRINTABLE = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('');

export function textForPattern(pattern: string, dice: Dice): string {
  let at = 0;

  function escaped(): string {
    const letter = pattern[at++] ?? '';
    if (letter === 'b' || letter === 'B') return '';
    if (letter === 'n') return '\n';
    if (letter === 't') return '\t';
    return SETS[letter] ?? letter;
  }

  function characterClass(): string {
    const negated = pattern[at] === '^';
    if (negated) at++;
    let set = '';
    while (at < pattern.length && pattern[at] !== ']') {
      const first = pattern[at++] as string;
      if (first === '\\') set += escaped();
      else if (pattern[at] === '-' && pattern[at + 1] !== ']' && at + 1 < pattern.length) {
        const last = pattern.charCodeAt(at + 1);
        for (let code = first.charCodeAt(0); code <= last; code++) set += String.fromCharCode(code);
        at += 2;
      } else set += first;
    }
    at++;
    return negated
      ? Array.from(PRINTABLE)
          .filter((letter) => !set.includes(letter))
          .join('')
      : set;
  }

  function repeats(): number {
    const rest = pattern.slice(at);
    const match = /^(?:([*+?])|\{(\d+)(,(\d*))?\})\??/.exec(rest);
    if (!match) return 1;
    at += match[0].length;
    const [, sign, least, range, most] = match;
    if (sign) return dice.integer(sign === '+' ? 1 : 0, sign === '?' ? 1 : 4);
    const low = Number(least);
    if (range === undefined) return low;
    return dice.integer(low, most ? Math.min(Number(most), low + 8) : low + 3);
  }

  function atom(): () => string {
    const letter = pattern[at++] as string;
    if (letter === '(') {
      const flags = /^\?(?::|<[^=!>]+>)/.exec(pattern.slice(at));
      if (flags) at += flags[0].length;
      const group = alternatives();
      at++;
      return group;
    }
    if (letter === '^' || letter === '$') return () => '';
    const set = letter === '[' ? characterClass() : letter === '\\' ? escaped() : letter === '.' ? 'abcxyz' : letter;
    return () => (set === '' ? '' : dice.pick(Array.from(set)));
  }

  function alternatives(): () => string {
    const branches: (() => string)[] = [];
    do {
      const parts: (() => string)[] = [];
      while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') {
        const part = atom();
        const times = repeats();
        parts.push(() => Array.from({ length: times }, part).join(''));
      }
      branches.push(() => parts.map((part) => part()).join(''));
    } while (pattern[at] === '|' && ++at);
    return () => dice.pick(branches)();
  }

  return alternatives()();
}
