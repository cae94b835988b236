import { SHIELD_RULES, type ShieldRuleId } from '@parley/contracts/policies/shield-rules';
import { FORM, PATTERNS, type Pattern, QUERY } from './patterns.ts';
import { plainText } from './plain-text.ts';

/** Values are looked at in pieces of this many characters, which overlap so that nothing hides at a seam. */
const PIECE = 4096;
const OVERLAP = 256;
/** Longest time in one go before others get their turn. */
const SLICE_MS = 8;

export interface UsedRule extends Pattern {
  readonly id: ShieldRuleId;
  readonly weight: number;
}

/** The rules a policy uses, in the order of the table. */
export function usedRules(paranoia: number, excluded: readonly ShieldRuleId[]): readonly UsedRule[] {
  return (Object.keys(SHIELD_RULES) as ShieldRuleId[])
    .filter((id) => SHIELD_RULES[id].paranoia <= paranoia && !excluded.includes(id))
    .map((id) => ({ id, weight: SHIELD_RULES[id].weight, ...PATTERNS[id] }));
}

/** What was found in one request: each rule counts once. */
export class Score {
  readonly #rules: readonly UsedRule[];
  readonly found: ShieldRuleId[] = [];
  total = 0;

  constructor(rules: readonly UsedRule[]) {
    this.#rules = rules;
  }

  /** Looks at one value that stands at `where`. `raw` is the text as sent, for rules about its encoding. */
  look(raw: string, where: number): void {
    for (let from = 0; from < raw.length; from += PIECE - OVERLAP) {
      this.#piece(raw.length <= PIECE ? raw : raw.slice(from, from + PIECE), where);
      if (from + PIECE >= raw.length) break;
    }
  }

  /** Looks at many values, letting other calls have their turn in between. */
  async lookAt(values: Iterable<readonly [text: string, where: number]>): Promise<void> {
    let sliceEnd = performance.now() + SLICE_MS;
    for (const [text, where] of values) {
      for (let from = 0; from < text.length; from += PIECE - OVERLAP) {
        this.#piece(text.slice(from, from + PIECE), where);
        if (performance.now() >= sliceEnd) {
          await new Promise((resolve) => setImmediate(resolve));
          sliceEnd = performance.now() + SLICE_MS;
        }
        if (from + PIECE >= text.length) break;
      }
    }
  }

  #piece(raw: string, where: number): void {
    const plain = plainText(raw, (where & (QUERY | FORM)) !== 0);
    for (const rule of this.#rules) {
      if ((rule.where & where) === 0 || this.found.includes(rule.id)) continue;
      const text = rule.id === 'http.overlong' || rule.id === 'http.encoding' ? raw.toLowerCase() : plain;
      if (rule.hints.some((hint) => text.includes(hint)) && rule.expression.test(text)) {
        this.found.push(rule.id);
        this.total += rule.weight;
      }
    }
  }
}
