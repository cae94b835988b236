import type { GuardRecord } from '@parley/contracts/usage-event';
import { groundingFinding } from '@parley/guard/checks/grounding';
import { mayGoTo } from '@parley/guard/checks/residency';
import type { Guard } from '@parley/guard/guard';
import { Placeholders } from '@parley/guard/mask/placeholders';
import { Restorer } from '@parley/guard/mask/restore';
import type { GuardPart } from '@parley/guard/part';
import { VerdictBuilder } from '@parley/guard/verdict';
import type { Answer, Block } from '@parley/llm/neutral/answer';
import { type Refusal, refusal } from '../../refusals.ts';
import type { CompiledProvider } from '../../snapshot/compiled.ts';
import type { CallAdvice } from './asks/call-advice.ts';

const MOST_RECORDED = 12;
const WORST_FIRST = { block: 0, mask: 1, observe: 2 } as const;

/** A text of an answer on its way to the caller: watched, then with the caller's own values put back. */
export interface WatchedText {
  feed(text: string): string;
  end(): string;
}

/** Guardrails of one call: what its answer is watched by, and the values that were masked on the way in. */
export class CallGuard {
  readonly guard: Guard;
  readonly placeholders = new Placeholders();
  readonly found = new VerdictBuilder();
  /** The answer's text has to stay JSON. */
  readonly #json: boolean;
  readonly #documents: readonly string[];
  /** The texts that are sent, masked where they have to be: what models are asked about. */
  sent: readonly GuardPart[] = [];
  /** What models are asked about the call; `null` where none are, and until they are. */
  advice: CallAdvice | null = null;
  /** A choice that does not fit the answers' schema. */
  misfit: { readonly text: string; readonly problem: string } | null = null;
  /** It may still be asked for once more: not a finding yet. */
  repairs = false;
  #said = '';
  /** By choice: what it says, and whether it calls tools. */
  readonly #choices = new Map<number, { text: string; calls: boolean }>();

  constructor(guard: Guard, parts: readonly GuardPart[], json: boolean) {
    this.guard = guard;
    this.#json = json;
    const asked = guard.policy.grounding !== undefined;
    this.#documents = asked
      ? parts.filter(({ source }) => source === 'document' || source === 'toolResult').map(({ text }) => text)
      : [];
  }

  /** Whether an answer has to be read at all. */
  get watchesAnswer(): boolean {
    if (this.placeholders.size > 0 || !this.guard.leavesOutputAlone || this.#documents.length > 0) return true;
    return this.asksAboutAnswer;
  }

  /** Whether an answer must not end before it has been looked at whole. */
  get checksWhole(): boolean {
    return this.asksAboutAnswer || this.guard.answers.hasSchema;
  }

  /** Whether models are asked about the answer. */
  get asksAboutAnswer(): boolean {
    const { judge, moderation } = this.guard.policy;
    return judge?.onOutput === true || moderation?.onOutput === true;
  }

  /** Why the call is stopped; says which checks, never what they found. */
  refusal(): Refusal | null {
    if (!this.found.blocked) return null;
    const { findings } = this.found.verdict();
    const reasons = new Set(findings.filter(({ mode }) => mode === 'block').map(({ reason }) => reason));
    return refusal('guardrail_blocked', { message: `A guardrail stopped the call: ${[...reasons].join(' ')}` });
  }

  /** Why a provider may not get what the call holds; `null` if it may. Another model may then be asked. */
  keepsFrom({ slug, settings }: CompiledProvider): Refusal | null {
    const { residency } = this.guard.policy;
    if (residency.length === 0) return null;
    const target = { provider: slug, region: settings.region };
    const allowed = mayGoTo(residency, this.found.verdict().findings, target);
    if (allowed.allowed) return null;
    const { rule, reason } = allowed;
    this.found.add({ check: 'residency', rule, kind: 'residency', place: 'input', mode: 'observe', score: 1, reason });
    return refusal('guardrail_blocked', { message: `A guardrail stopped the call: ${reason}` });
  }

  /** Another answer begins: of another model, or to another try. */
  begin(): void {
    this.#said = '';
    this.#choices.clear();
    this.advice?.begin();
  }

  /** For the record of the call; undefined where nothing was found. */
  record(): GuardRecord | undefined {
    const { outcome, findings } = this.found.verdict();
    if (findings.length === 0) return undefined;
    const worst = findings.toSorted((one, other) => WORST_FIRST[one.mode] - WORST_FIRST[other.mode]);
    return {
      outcome,
      findings: worst.slice(0, MOST_RECORDED).map(({ check, rule, place, mode, count, score, reason }) => {
        const told = { score, reason: reason.slice(0, 200) };
        return { check: check.slice(0, 40), rule: rule.slice(0, 80), place, mode, count, ...told };
      }),
    };
  }

  /** Watches the text that a model answers with. */
  text(choice = 0): WatchedText {
    const watched = this.#watch('output', this.#json ? 'json' : 'text', true);
    if (!this.guard.answers.hasSchema) return watched;
    const said = this.#choice(choice);
    const note = (text: string): string => {
      said.text += text;
      return text;
    };
    return { feed: (text) => note(watched.feed(text)), end: () => note(watched.end()) };
  }

  #choice(choice: number): { text: string; calls: boolean } {
    const known = this.#choices.get(choice) ?? { text: '', calls: false };
    this.#choices.set(choice, known);
    return known;
  }

  /** The arguments of a tool: kept until they are there in whole where a rule holds for it. */
  #arguments(tool: string, choice: number): WatchedText {
    this.#choice(choice).calls = true;
    const watched = this.#watch('toolArguments', 'json', true);
    const { answers } = this.guard;
    if (!answers.concerns(tool)) return watched;
    let kept = '';
    return {
      feed: (text) => {
        kept += watched.feed(text);
        return '';
      },
      end: () => {
        kept += watched.end();
        for (const finding of answers.argumentFindings(tool, kept)) this.found.add(finding);
        return this.found.blocked ? '' : kept;
      },
    };
  }

  /** A whole text of an answer, as the caller is to get it. */
  whole(text: string): string {
    const watched = this.text();
    const out = watched.feed(text) + watched.end();
    this.checkWhole();
    return out;
  }

  /** Watches a block of an answer; `null` for kinds that hold no text. */
  block(block: Block, choice: number): WatchedText | null {
    switch (block.kind) {
      case 'text':
        return this.text(choice);
      case 'refusal':
        return this.#watch('output', 'text', true);
      case 'tool_call':
        return this.#arguments(block.name, choice);
      case 'reasoning':
        // Thoughts come back signed: they keep their placeholders.
        return this.#watch('output', 'text', false);
      case 'image':
      case 'audio':
      case 'other':
        return null;
    }
  }

  /** Puts every text of an answer as the caller is to get it. */
  answer(answer: Answer): void {
    for (const [choice, { blocks }] of answer.choices.entries()) {
      this.#choice(choice);
      for (const block of blocks) {
        const watched = this.block(block, choice);
        if (watched !== null) block.text = watched.feed(block.text) + watched.end();
      }
    }
    this.checkWhole();
  }

  /** Looks at what was said once it is all there: whether it fits its schema, and documents bear it out. */
  checkWhole(): void {
    const { answers } = this.guard;
    this.misfit = null;
    for (const { text, calls } of answers.hasSchema ? this.#choices.values() : []) {
      const problem = calls && text.trim() === '' ? null : answers.misfit(text);
      if (problem !== null) this.misfit ??= { text, problem };
    }
    if (this.misfit !== null && !this.repairs) this.found.add(answers.misfitFinding(this.misfit.problem));
    this.#checkGrounds();
  }

  #checkGrounds(): void {
    const { grounding } = this.guard.policy;
    if (grounding === undefined) return;
    const finding = groundingFinding(grounding, this.#said, this.#documents);
    if (finding !== null) this.found.add(finding);
  }

  #watch(place: 'output' | 'toolArguments', form: 'text' | 'json', restores: boolean): WatchedText {
    const watched = this.guard.watch(place, this.found, form);
    const restorer = new Restorer(this.placeholders, form);
    const put = (safe: string): string => {
      if (place === 'output' && this.#documents.length > 0) this.#said += safe;
      if (place === 'output' && this.asksAboutAnswer) this.advice?.said(safe);
      return restores ? restorer.feed(safe) : safe;
    };
    return {
      feed: (text) => put(watched.feed(text)),
      end: () => put(watched.end()) + (restores ? restorer.end() : ''),
    };
  }
}
