import { randomUUID } from 'node:crypto';
import type { JudgePolicy, ModerationPolicy } from '@parley/contracts/policies/guardrail-models';
import type { TokenUsage } from '@parley/domain/call-usage';
import { priceRates } from '@parley/domain/price-rates';
import { priceUsage } from '@parley/domain/pricing';
import { type AdviceRules, judgeRules, moderationRules, type Scores } from '@parley/guard/checks/advice';
import { type JudgedText, judgedCategories, judgeQuestion } from '@parley/guard/judge/question';
import { judgeVerdict } from '@parley/guard/judge/verdict';
import { formatAmount } from '@parley/kernel/money';
import { moderationScores } from '@parley/llm/operations/moderation-reply';
import type { OperationCall } from '@parley/llm/operations/operation';
import { isProviderError } from '@parley/llm/translate';
import type { OpenModel } from '../prompts/open-model.ts';
import { streamChat } from '../prompts/stream-chat.ts';
import { askOperation } from '../providers/call-provider.ts';

/** What came of asking one model about one text. */
export interface AskedModel {
  /** By category, 0 to 1; `null` where there is no verdict, for `problem`. */
  readonly scores: Scores | null;
  readonly problem: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Decimal string of whole units; `null` where the model has no price. */
  readonly cost: string | null;
  readonly currency: string | null;
  readonly latencyMs: number;
}

/** One kind of model, as a policy names it. */
export interface Asking {
  readonly check: 'judge' | 'moderation';
  readonly model: string;
  readonly rules: AdviceRules;
  readonly onInput: boolean;
  readonly onOutput: boolean;
  readonly ask: (model: OpenModel, text: JudgedText) => Promise<AskedModel>;
}

interface Said {
  readonly scores: Scores | null;
  readonly problem: string | null;
  readonly usage: TokenUsage | null;
}

async function timed(model: OpenModel, ask: () => Promise<Said>): Promise<AskedModel> {
  const started = performance.now();
  const { scores, problem, usage } = await ask();
  const cost = usage && model.price ? formatAmount(priceUsage(priceRates(model.price), usage)) : null;
  return {
    scores,
    problem,
    inputTokens: usage?.inputTokens ?? 0,
    outputTokens: usage?.outputTokens ?? 0,
    cost,
    currency: cost === null ? null : (model.price?.currency ?? null),
    latencyMs: Math.round(performance.now() - started),
  };
}

const NO_VERDICT = 'It gave no verdict in the form it has to have.';
const LATE = 'It did not answer in time.';

/** Asks a judge, with the same question and as strict a reading as the gateway's. */
export function judgeAsking(policy: JudgePolicy): Asking {
  const { model, onInput, onOutput, deadlineMs } = policy;
  const ask = async (open: OpenModel, text: JudgedText): Promise<Said> => {
    const key = randomUUID();
    const messages = judgeQuestion(policy, [text], { boundary: randomUUID(), key });
    const request = { model: open.providerModel, messages, stream: true, stream_options: { include_usage: true } };
    const signal = AbortSignal.timeout(deadlineMs);
    for await (const piece of streamChat(open.provider, request, signal)) {
      if (piece.kind === 'text') continue;
      if (piece.kind === 'broken') return { scores: null, problem: signal.aborted ? LATE : piece.message, usage: null };
      const whole = piece.finishReason === 'stop';
      const verdict = whole ? judgeVerdict(piece.text, { key, count: 1, categories: judgedCategories(policy) }) : null;
      const [scores = null] = verdict ?? [];
      return { scores, problem: scores === null ? NO_VERDICT : null, usage: piece.usage };
    }
    return { scores: null, problem: LATE, usage: null };
  };
  return {
    check: 'judge',
    model,
    rules: judgeRules(policy),
    onInput,
    onOutput,
    ask: (open, text) => timed(open, () => ask(open, text)),
  };
}

/** Asks a moderation model. */
export function moderationAsking(policy: ModerationPolicy): Asking {
  const { model, onInput, onOutput, deadlineMs } = policy;
  const ask = async (open: OpenModel, { text }: JudgedText): Promise<Said> => {
    const body = { input: [text], model: open.providerModel };
    const call: OperationCall = {
      operation: 'moderation',
      dialect: 'openai',
      model: open.providerModel,
      batch: false,
      stream: false,
      contentType: 'application/json',
      bytes: Buffer.from(JSON.stringify(body)),
      body,
    };
    const signal = AbortSignal.timeout(deadlineMs);
    const asked = await askOperation(open.provider, call, signal).catch(() => 'failed' as const);
    if (asked === 'failed') {
      return { scores: null, problem: signal.aborted ? LATE : 'Its provider could not be reached.', usage: null };
    }
    if (asked === null) return { scores: null, problem: 'Its provider’s kind serves no moderation.', usage: null };
    const { way, status, text: replied } = asked;
    const answer = status === 200 && replied !== null ? way.answer(replied, call, { model, id: '' }) : null;
    if (answer === null || isProviderError(answer)) {
      return { scores: null, problem: `Its provider refused the question (${status}).`, usage: null };
    }
    const [scores = null] = moderationScores(answer.text, 1) ?? [];
    return { scores, problem: scores === null ? NO_VERDICT : null, usage: answer.usage ?? way.estimated(call) };
  };
  return {
    check: 'moderation',
    model,
    rules: moderationRules(policy),
    onInput,
    onOutput,
    ask: (open, text) => timed(open, () => ask(open, text)),
  };
}
