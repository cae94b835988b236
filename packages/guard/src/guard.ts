import type { GuardPlace, GuardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { AnswerRules } from './checks/answer-rules.ts';
import { topicFindings } from './checks/topics.ts';
import { INJECTION_CATEGORIES } from './injection/rule.ts';
import { scoreInjection } from './injection/score.ts';
import { type Placeholders, redaction } from './mask/placeholders.ts';
import type { GuardPart, PartSource } from './part.ts';
import { compilePlans, type PlacePlan } from './policy/plans.ts';
import { JsonScanner, scanJson } from './scan/json-scanner.ts';
import { type Found, type OnFound, Scanner, STOP, scanText } from './scan/scanner.ts';
import { type GuardVerdict, VerdictBuilder } from './verdict.ts';

export interface CheckedInput {
  /** The parts' texts in their order, masked where the policy says so. */
  readonly texts: readonly string[];
  readonly verdict: GuardVerdict;
}

/** Watches one text of an answer while it is written. */
export interface OutputGuard {
  /** Takes the next chunk; returns what may go on now. Nothing goes on once the verdict is `block`. */
  feed(chunk: string): string;
  end(): string;
  readonly blocked: boolean;
}

const PLACES: Readonly<Record<PartSource, GuardPlace>> = {
  system: 'input',
  user: 'input',
  assistant: 'input',
  toolArguments: 'input',
  toolResult: 'toolResults',
  document: 'toolResults',
};

/** A policy made ready: pure, without state of its own, shared by all calls of a version. */
export class Guard {
  readonly policy: GuardrailsPolicy;
  /** What whole answers and arguments of tools have to be. */
  readonly answers: AnswerRules;
  readonly #plans: Readonly<Record<GuardPlace, PlacePlan>>;

  /** Throws an Error for a pattern that RE2 does not read, or a schema that is none. */
  constructor(policy: GuardrailsPolicy) {
    this.policy = policy;
    this.answers = new AnswerRules(policy);
    this.#plans = compilePlans(policy);
  }

  /** Most characters an answer's stream is held back by. */
  get holdsBack(): number {
    return Math.max(this.#plans.output.scan?.holdsBack ?? 0, this.#plans.toolArguments.scan?.holdsBack ?? 0);
  }

  /** True if answers need not be watched at all. */
  get leavesOutputAlone(): boolean {
    if (this.answers.any) return false;
    return this.#plans.output.scan === undefined && this.#plans.toolArguments.scan === undefined;
  }

  /** Checks what a call sends, and masks it; `placeholders` are the request's own, to restore answers with. */
  checkInput(parts: readonly GuardPart[], placeholders: Placeholders): CheckedInput {
    const found = new VerdictBuilder();
    try {
      let characters = 0;
      for (const { text } of parts) {
        characters += text.length;
        placeholders.reserve(text);
      }
      if (characters > this.policy.maxCharacters) {
        return this.#failed(parts, found, `The call holds ${characters} characters, more than are checked.`, 'size');
      }
      const texts = parts.map((part) => this.#checkPart(part, placeholders, found));
      for (const finding of topicFindings(this.policy, parts)) found.add(finding);
      return { texts, verdict: found.verdict() };
    } catch {
      return this.#failed(parts, found, 'A check could not be completed.', 'error');
    }
  }

  /**
   * Watches an answer's text, or the arguments that it gives a tool; findings go to `found`. `form` says whether the text is
   * JSON and has to stay so.
   */
  watch(
    place: 'output' | 'toolArguments',
    found: VerdictBuilder,
    form: 'text' | 'json' = place === 'output' ? 'text' : 'json',
  ): OutputGuard {
    const plan = this.#plans[place];
    if (!plan.scan) return UNWATCHED;
    const onFound = noting(plan, place, found, redaction, true);
    const scanner = form === 'text' ? new Scanner(plan.scan, onFound) : new JsonScanner(plan.scan, onFound);
    return new Watching(scanner, found, () => this.#note(found, place, 'A check could not be completed.', 'error'));
  }

  #checkPart({ text, source, form }: GuardPart, placeholders: Placeholders, found: VerdictBuilder): string {
    const place = PLACES[source];
    const { injection } = this.policy;
    if (injection && (source === 'user' || place === 'toolResults')) {
      const trusted = source === 'user';
      const { score, hits } = scoreInjection(text, trusted);
      if (score >= (trusted ? injection.threshold : injection.untrustedThreshold)) {
        const worst = hits.reduce((one, other) => (other.weight > one.weight ? other : one));
        const categories = [...new Set(hits.map(({ category }) => category))];
        found.add({
          check: 'injection',
          rule: worst.rule,
          kind: worst.category,
          place,
          mode: injection.mode,
          score,
          reason: `A text ${categories.map((category) => INJECTION_CATEGORIES[category]).join(', and ')}.`,
        });
      }
    }
    const plan = this.#plans[place];
    if (!plan.scan) return text;
    const onFound = noting(plan, place, found, (kind, value) => placeholders.of(kind, value));
    return form === 'json' ? scanJson(plan.scan, text, onFound) : scanText(plan.scan, text, onFound);
  }

  #failed(parts: readonly GuardPart[], found: VerdictBuilder, reason: string, rule: string): CheckedInput {
    this.#note(found, 'input', reason, rule);
    return { texts: parts.map(({ text }) => text), verdict: found.verdict() };
  }

  #note(found: VerdictBuilder, place: GuardPlace, reason: string, rule: string): void {
    const mode = this.policy.onFailure === 'block' ? 'block' : 'observe';
    found.add({ check: 'failure', rule, kind: 'failure', place, mode, score: 1, reason });
  }
}

/** Notes a hit in the verdict, and says what stands in its place. */
function noting(
  plan: PlacePlan,
  place: GuardPlace,
  found: VerdictBuilder,
  replace: (kind: string, value: string) => string,
  stops = false,
): OnFound {
  return (hit: Found) => {
    const rule = plan.rules.get(hit.detector === 'patterns' ? `patterns ${hit.rule}` : hit.detector);
    if (!rule || hit.score < rule.minScore || rule.allows(hit.value)) return undefined;
    const { check, mode } = rule;
    found.add({ check, rule: hit.rule, kind: hit.kind, place, mode, score: hit.score, reason: rule.reason(hit.kind) });
    if (mode === 'block' && stops) return STOP;
    return mode === 'mask' ? replace(hit.kind, hit.value) : undefined;
  };
}

class Watching implements OutputGuard {
  readonly #scanner: Scanner | JsonScanner;
  readonly #found: VerdictBuilder;
  readonly #failed: () => void;
  #open = false;
  #ended = false;

  constructor(scanner: Scanner | JsonScanner, found: VerdictBuilder, failed: () => void) {
    this.#scanner = scanner;
    this.#found = found;
    this.#failed = failed;
  }

  get blocked(): boolean {
    return this.#found.blocked;
  }

  feed(chunk: string): string {
    return this.#pass(chunk, () => this.#scanner.feed(chunk));
  }

  end(): string {
    return this.#pass('', () => this.#scanner.end());
  }

  #pass(chunk: string, scan: () => string): string {
    if (this.#ended) return '';
    if (this.#open) return chunk;
    try {
      const safe = scan();
      // The text before what was found was safe already, whatever chunks it came in.
      this.#ended = this.#found.blocked;
      return safe;
    } catch {
      this.#failed();
      const { blocked } = this.#found;
      // JSON cannot be gone on with from the middle of a string.
      this.#ended = blocked || this.#scanner instanceof JsonScanner;
      this.#open = true;
      return this.#ended || !(this.#scanner instanceof Scanner) ? '' : this.#scanner.abandon();
    }
  }
}

const UNWATCHED: OutputGuard = { feed: (chunk) => chunk, end: () => '', blocked: false };
