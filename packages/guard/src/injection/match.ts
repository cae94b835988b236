import { firstWords } from './first-words.ts';
import type { InjectionRule } from './rule.ts';
import { INJECTION_RULES } from './rules.ts';

interface Started {
  readonly beginning: string;
  readonly rule: InjectionRule;
  readonly sticky: RegExp;
}

/** Rules of words by the first letters of the word they begin with: two letters, or one where there is only one. */
const STARTED = new Map<string, Started[]>();
/** The others, asked only where a text holds one of the pieces they need. */
const SEARCHED: InjectionRule[] = [];

for (const rule of INJECTION_RULES) {
  const words = rule.reads === 'words' ? firstWords(rule.pattern.source) : undefined;
  if (!words) {
    SEARCHED.push(rule);
    continue;
  }
  const sticky = new RegExp(rule.pattern.source, 'uy');
  for (const beginning of words) {
    const key = beginning.slice(0, 2);
    STARTED.set(key, [...(STARTED.get(key) ?? []), { beginning, rule, sticky }]);
  }
}

/** The rules that hold in a text, read as words and as it is. Work is that of the few rules that begin at each word. */
export function rulesIn(text: string, words: string, trusted: boolean): InjectionRule[] {
  const found = new Set<InjectionRule>();
  for (let space = 0; space >= 0 && space < words.length - 1; space = words.indexOf(' ', space + 1)) {
    const one = STARTED.get(words.charAt(space + 1));
    const two = STARTED.get(words.slice(space + 1, space + 3));
    if (one) begin(one, words, space, trusted, found);
    if (two) begin(two, words, space, trusted, found);
  }
  for (const rule of SEARCHED) {
    if (rule.untrustedOnly && trusted) continue;
    const where = rule.reads === 'words' ? words : text;
    if (rule.needs.some((need) => where.includes(need)) && rule.pattern.test(where)) found.add(rule);
  }
  return [...found];
}

function begin(
  list: readonly Started[],
  words: string,
  space: number,
  trusted: boolean,
  found: Set<InjectionRule>,
): void {
  for (const { beginning, rule, sticky } of list) {
    if ((rule.untrustedOnly && trusted) || found.has(rule)) continue;
    if (beginning.length > 2 && !words.startsWith(beginning, space + 1)) continue;
    sticky.lastIndex = space;
    if (sticky.test(words)) found.add(rule);
  }
}
