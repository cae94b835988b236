import { createHash, randomUUID } from 'node:crypto';
import type { JudgePolicy, ModerationPolicy } from '@parley/contracts/policies/guardrail-models';
import type { GuardPlace, GuardrailsPolicy } from '@parley/contracts/policies/guardrails';
import {
  type AdviceRules,
  adviceFailure,
  adviceFindings,
  judgeRules,
  moderationRules,
  type Scores,
} from '@parley/guard/checks/advice';
import { type JudgedText, judgedCategories, judgeQuestion } from '@parley/guard/judge/question';
import { judgeVerdict } from '@parley/guard/judge/verdict';
import type { GuardFinding } from '@parley/guard/verdict';
import { moderationScores } from '@parley/llm/operations/moderation-reply';
import type { Exchange } from '../../../exchange.ts';
import { chatQuestion, chatReply, moderationQuestion } from '../../../models/side/asks.ts';
import type { SideAsk } from '../../../models/side/side-calls.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { CompiledModel } from '../../../snapshot/compiled.ts';

/** Verdicts kept by each adviser, and for how long: equal texts are asked about once. */
const MOST_KEPT = 2000;
const KEPT_MS = 3_600_000;
/** Longer texts are asked about in pieces. */
const PIECE = 16_000;
/** Most questions of one call; what would take more is a failure. */
const MOST_QUESTIONS = 8;

/** How one kind of model is asked. */
interface Way {
  readonly rules: AdviceRules;
  readonly deadlineMs: number;
  readonly onInput: boolean;
  readonly onOutput: boolean;
  /** Most texts and characters of one question. */
  readonly most: { readonly texts: number; readonly characters: number };
  /** The question, and how its answer is read: scores for each text, or none. */
  question(texts: readonly JudgedText[]): {
    readonly ask: Pick<SideAsk, 'purpose' | 'model' | 'chat' | 'operation'>;
    readonly read: (answer: string) => readonly Scores[] | null;
  };
}

function judging(policy: JudgePolicy, model: CompiledModel): Way {
  const categories = judgedCategories(policy);
  return {
    rules: judgeRules(policy),
    deadlineMs: policy.deadlineMs,
    onInput: policy.onInput,
    onOutput: policy.onOutput,
    most: { texts: 10, characters: 24_000 },
    question: (texts) => {
      const key = randomUUID();
      const messages = judgeQuestion(policy, texts, { boundary: randomUUID(), key });
      const read = (answer: string): readonly Scores[] | null => {
        const said = chatReply(answer);
        return said === null ? null : judgeVerdict(said, { key, count: texts.length, categories });
      };
      return { ask: { purpose: 'judge', model, chat: chatQuestion(model, { messages }), operation: null }, read };
    },
  };
}

function moderating(policy: ModerationPolicy, model: CompiledModel): Way {
  return {
    rules: moderationRules(policy),
    deadlineMs: policy.deadlineMs,
    onInput: policy.onInput,
    onOutput: policy.onOutput,
    most: { texts: 32, characters: 64_000 },
    question: (texts) => {
      const operation = moderationQuestion(
        model,
        texts.map(({ text }) => text),
      );
      const read = (answer: string): readonly Scores[] | null => moderationScores(answer, texts.length);
      return { ask: { purpose: 'moderation', model, chat: null, operation }, read };
    },
  };
}

/** Asks one model of the tenant about texts, and keeps what it said of them. One for each policy in force. */
export class Adviser {
  readonly #way: Way;
  readonly #kept = new Map<string, { readonly scores: Scores; readonly atMs: number }>();

  constructor(way: Way) {
    this.#way = way;
  }

  get onInput(): boolean {
    return this.#way.onInput;
  }

  get onOutput(): boolean {
    return this.#way.onOutput;
  }

  /** What follows from what the model makes of the texts. Never rejects: a failure is a finding too. */
  async findings(
    texts: readonly JudgedText[],
    place: (text: JudgedText) => GuardPlace,
    use: { readonly exchange: Exchange; readonly ports: Ports },
  ): Promise<Omit<GuardFinding, 'count'>[]> {
    const { rules } = this.#way;
    const known: Promise<Omit<GuardFinding, 'count'>[]>[] = [];
    const unknown: JudgedText[] = [];
    for (const text of texts.flatMap(pieces)) {
      const scores = this.#recall(keyOf(text), use.ports.clock.nowMs());
      if (scores === undefined) unknown.push(text);
      else known.push(Promise.resolve(adviceFindings(rules, place(text), scores)));
    }
    const questions = this.#questions(unknown);
    const [first] = unknown;
    if (questions.length > MOST_QUESTIONS && first !== undefined) {
      return [adviceFailure(rules, place(first), 'cannot be asked about so much text.')];
    }
    const asked = questions.map(async (question) => {
      const scores = await this.#ask(question, use);
      if (typeof scores !== 'string') {
        return question.flatMap((text, at) => adviceFindings(rules, place(text), scores[at] ?? {}));
      }
      return question.slice(0, 1).map((text) => adviceFailure(rules, place(text), scores));
    });
    return (await Promise.all([...known, ...asked])).flat();
  }

  /** The scores of each text; or why there are none. */
  async #ask(
    texts: readonly JudgedText[],
    { exchange, ports }: { readonly exchange: Exchange; readonly ports: Ports },
  ): Promise<readonly Scores[] | string> {
    const { ask, read } = this.#way.question(texts);
    const outcome = await ports.sideCalls.ask(exchange, ports, { ...ask, withinMs: this.#way.deadlineMs });
    if (!outcome.ok) {
      return outcome.code === 'upstream_timeout' ? 'did not answer in time.' : 'could not be asked.';
    }
    const scores = read(outcome.text);
    if (scores === null) return 'gave no verdict in the form it has to have.';
    for (const [at, text] of texts.entries()) this.#keep(keyOf(text), scores[at] ?? {}, ports.clock.nowMs());
    return scores;
  }

  #questions(texts: readonly JudgedText[]): JudgedText[][] {
    const { most } = this.#way;
    const questions: JudgedText[][] = [];
    let characters = most.characters;
    for (const text of texts) {
      const last = questions.at(-1);
      characters += text.text.length;
      if (last === undefined || last.length >= most.texts || characters > most.characters) {
        questions.push([text]);
        characters = text.text.length;
      } else last.push(text);
    }
    return questions;
  }

  #recall(key: string, nowMs: number): Scores | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || nowMs - kept.atMs > KEPT_MS) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.scores;
  }

  #keep(key: string, scores: Scores, atMs: number): void {
    this.#kept.set(key, { scores, atMs });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** What is kept of a text: not the text. */
const keyOf = ({ text, from }: JudgedText): string =>
  createHash('sha256').update(`${from}\n${text}`).digest('base64url');

function pieces(text: JudgedText): JudgedText[] {
  if (text.text.trim() === '') return [];
  if (text.text.length <= PIECE) return [text];
  const count = Math.ceil(text.text.length / PIECE);
  return Array.from({ length: count }, (_, at) => ({
    ...text,
    text: text.text.slice(Math.max(0, at * PIECE - 200), (at + 1) * PIECE),
  }));
}

/** The advisers of a policy; `null` where it names a model that is not there: then it cannot be kept. */
export function advisersOf(
  { judge, moderation }: GuardrailsPolicy,
  models: ReadonlyMap<string, CompiledModel>,
): readonly Adviser[] | null {
  const advisers: Adviser[] = [];
  if (judge !== undefined) {
    const model = models.get(judge.model);
    if (model === undefined) return null;
    advisers.push(new Adviser(judging(judge, model)));
  }
  if (moderation !== undefined) {
    const model = models.get(moderation.model);
    if (model === undefined) return null;
    advisers.push(new Adviser(moderating(moderation, model)));
  }
  return advisers;
}
