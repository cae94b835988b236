import type { GuardPlace } from '@parley/contracts/policies/guardrails';

export type GuardMode = 'observe' | 'mask' | 'block';

/** What was found, told without the text it was found in: safe for logs, answers and the portal. */
export interface GuardFinding {
  /** Which check: `personalData`, `secrets`, `injection`, `words`, `patterns`, `topics`, … */
  readonly check: string;
  /** Which rule of it, such as `card.visa` or a list's name. */
  readonly rule: string;
  /** What it is, such as `card`. */
  readonly kind: string;
  readonly place: GuardPlace;
  readonly mode: GuardMode;
  readonly count: number;
  /** The highest, 0 to 1. */
  readonly score: number;
  /** In one plain sentence. */
  readonly reason: string;
}

export type GuardOutcome = 'pass' | 'mask' | 'block';

export interface GuardVerdict {
  readonly outcome: GuardOutcome;
  readonly findings: readonly GuardFinding[];
}

const RANK: Readonly<Record<GuardOutcome, number>> = { pass: 0, mask: 1, block: 2 };

/** Gathers findings of one call; each rule and place once, with a count. At most `MOST` kinds of finding are kept. */
export class VerdictBuilder {
  static readonly MOST = 200;
  readonly #findings = new Map<string, GuardFinding>();
  #outcome: GuardOutcome = 'pass';

  add(finding: Omit<GuardFinding, 'count'>): void {
    const key = `${finding.check}\n${finding.rule}\n${finding.place}\n${finding.mode}`;
    const known = this.#findings.get(key);
    if (known || this.#findings.size < VerdictBuilder.MOST) {
      const score = Math.max(known?.score ?? 0, finding.score);
      this.#findings.set(key, { ...finding, score, count: (known?.count ?? 0) + 1 });
    }
    this.raise(finding.mode === 'observe' ? 'pass' : finding.mode);
  }

  raise(outcome: GuardOutcome): void {
    if (RANK[outcome] > RANK[this.#outcome]) this.#outcome = outcome;
  }

  get blocked(): boolean {
    return this.#outcome === 'block';
  }

  verdict(): GuardVerdict {
    return { outcome: this.#outcome, findings: [...this.#findings.values()] };
  }
}
