import type { BenchCheck, CheckResult } from '@parley/contracts/bench';
import { formatAmount, parseAmount } from '@parley/kernel/money';
import { RE2JS } from 're2js';
import { compileSchema } from '../prompt/json-schema.ts';

/** An answer, with what checks ask of it. */
export interface CheckedAnswer {
  readonly text: string;
  readonly latencyMs: number;
  /** Nano-units. */
  readonly costNano: bigint;
}

type Judged = Exclude<BenchCheck, { kind: 'judge' }>;
type Judge<Kind extends Judged['kind']> = (
  check: Extract<Judged, { kind: Kind }>,
  answer: CheckedAnswer,
) => string | null;

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

/** Why an answer does not pass; `null` when it does. */
const JUDGES: { readonly [Kind in Judged['kind']]: Judge<Kind> } = {
  equals: ({ value }, { text }) => (text.trim() === value.trim() ? null : `It is not “${shorten(value)}”.`),
  contains: ({ value }, { text }) => (text.includes(value) ? null : `“${shorten(value)}” is not in it.`),
  lacks: ({ value }, { text }) => (text.includes(value) ? `“${shorten(value)}” is in it.` : null),
  matches: ({ pattern }, { text }) =>
    RE2JS.compile(pattern).matcher(text).find() ? null : `/${shorten(pattern)}/ does not match.`,
  schema: ({ schema }, { text }) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return 'It is not JSON.';
    }
    return compileSchema(schema)(value);
  },
  length: ({ min = 0, max = Number.POSITIVE_INFINITY }, { text }) => {
    const length = Array.from(text).length;
    if (length < min) return `It has ${length} characters, fewer than ${min}.`;
    return length > max ? `It has ${length} characters, more than ${max}.` : null;
  },
  latency: ({ maxMs }, { latencyMs }) => (latencyMs <= maxMs ? null : `It took ${latencyMs} ms, more than ${maxMs}.`),
  cost: ({ max }, { costNano }) =>
    costNano <= (parseAmount(max) ?? 0n) ? null : `It cost ${formatAmount(costNano)}, more than ${max}.`,
};

/** Judges an answer by a check that needs no model. */
export function judgeAnswer(check: Judged, answer: CheckedAnswer): CheckResult {
  const judge = JUDGES[check.kind] as (check: Judged, answer: CheckedAnswer) => string | null;
  const why = judge(check, answer);
  return { kind: check.kind, passed: why === null, why: why ?? '' };
}

/** Why a check can never be judged: a pattern or schema that is none; `null` when it can. */
export function checkProblem(check: BenchCheck): string | null {
  try {
    if (check.kind === 'matches') RE2JS.compile(check.pattern);
    if (check.kind === 'schema') compileSchema(check.schema);
    return null;
  } catch (error) {
    return `This is no valid ${check.kind === 'schema' ? 'JSON Schema' : 'pattern (RE2)'}: ${shorten(String(error))}`;
  }
}
