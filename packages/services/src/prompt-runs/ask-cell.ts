import type { BenchRow, CheckResult } from '@parley/contracts/bench';
import type { PromptDefinition } from '@parley/contracts/snapshot';
import { priceRates } from '@parley/domain/price-rates';
import { priceUsage } from '@parley/domain/pricing';
import { judgeAnswer } from '@parley/llm/bench/checks';
import { judgeRequest, readVerdict } from '@parley/llm/bench/judge';
import type { Usage } from '@parley/llm/neutral/usage';
import { compileOutput } from '@parley/llm/prompt/output';
import { type ChatBody, renderPrompt } from '@parley/llm/prompt/render';
import type { OpenModel } from '../prompts/open-model.ts';
import { streamChat } from '../prompts/stream-chat.ts';

const TIME_LIMIT_MS = 120_000;
const MAX_OUTPUT = 100_000;

/** What came of one row with one version and model. */
export interface CellOutcome {
  readonly state: 'passed' | 'failed' | 'error';
  readonly output: string;
  /** Why there is no answer. */
  readonly message: string;
  readonly checks: CheckResult[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Judging included. */
  readonly costNano: bigint;
  readonly latencyMs: number | null;
  readonly firstTextMs: number | null;
}

export interface CellTask {
  readonly definition: PromptDefinition;
  readonly row: BenchRow;
  readonly model: OpenModel;
  readonly judge: OpenModel | null;
}

const NOTHING = {
  output: '',
  checks: [],
  inputTokens: 0,
  outputTokens: 0,
  costNano: 0n,
  latencyMs: null,
  firstTextMs: null,
};

/** Asks the model and judges its answer. Never throws for what a provider does. */
export async function askCell({ definition, row, model, judge }: CellTask): Promise<CellOutcome> {
  const rendered = renderPrompt(definition, row.variables, { model: model.providerModel, stream: true });
  if (!rendered.ok) {
    return { ...NOTHING, state: 'error', message: rendered.issues.map(({ message }) => message).join(' ') };
  }
  const answer = await ask(model, rendered.request);
  const figures = {
    inputTokens: answer.usage?.inputTokens ?? 0,
    outputTokens: answer.usage?.outputTokens ?? 0,
    latencyMs: answer.latencyMs,
    firstTextMs: answer.firstTextMs,
  };
  const output = answer.text.slice(0, MAX_OUTPUT);
  if (answer.problem !== null) {
    return { ...NOTHING, ...figures, output, costNano: answer.costNano, state: 'error', message: answer.problem };
  }
  const checks: CheckResult[] = [];
  let costNano = answer.costNano;
  const read = compileOutput(definition.output)(answer.text);
  if (definition.output.kind === 'json')
    checks.push({ kind: 'output', passed: read.ok, why: read.ok ? '' : read.problem });
  for (const check of row.checks) {
    if (check.kind !== 'judge')
      checks.push(judgeAnswer(check, { text: answer.text, latencyMs: answer.latencyMs, costNano }));
    else if (judge === null) checks.push({ kind: 'judge', passed: false, why: 'There is no model to judge it.' });
    else {
      const asked = rendered.request['messages'];
      const verdict = await ask(judge, judgeRequest(judge.providerModel, check.rubric, asked, answer.text));
      costNano += verdict.costNano;
      checks.push(
        verdict.problem === null ? readVerdict(verdict.text) : { kind: 'judge', passed: false, why: verdict.problem },
      );
    }
  }
  const state = checks.every(({ passed }) => passed) ? 'passed' : 'failed';
  return { ...figures, output, message: '', checks, costNano, state };
}

interface Asked {
  readonly text: string;
  readonly problem: string | null;
  readonly usage: Usage | null;
  readonly costNano: bigint;
  readonly latencyMs: number;
  readonly firstTextMs: number | null;
}

async function ask(model: OpenModel, request: ChatBody): Promise<Asked> {
  const started = performance.now();
  const since = (): number => Math.round(performance.now() - started);
  let firstTextMs: number | null = null;
  let text = '';
  const body = { ...request, stream: true, stream_options: { include_usage: true } };
  for await (const piece of streamChat(model.provider, body, AbortSignal.timeout(TIME_LIMIT_MS))) {
    if (piece.kind === 'text') {
      firstTextMs ??= since();
      text += piece.text;
    } else if (piece.kind === 'broken') {
      return { text, problem: piece.message, usage: null, costNano: 0n, latencyMs: since(), firstTextMs };
    } else {
      const { usage } = piece;
      const costNano = usage && model.price ? priceUsage(priceRates(model.price), usage) : 0n;
      return { text: piece.text, problem: null, usage, costNano, latencyMs: since(), firstTextMs };
    }
  }
  return { text, problem: 'The run was ended.', usage: null, costNano: 0n, latencyMs: since(), firstTextMs };
}
