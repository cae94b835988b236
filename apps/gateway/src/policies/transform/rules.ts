import type { IncomingHttpHeaders } from 'node:http';
import type { BodyMapping } from '@parley/contracts/policies/mapping';
import type { AnswerRule } from '@parley/contracts/policies/transform';
import type { CelExpression } from '@parley/domain/expressions/cel';
import { ANSWER_LANGUAGE, answerVariable } from '@parley/domain/mapping/answer-language';
import type { MappingFacts } from '@parley/domain/mapping/facts';
import { compileEdits, editAnswer, type HeaderEdits } from './headers.ts';

/** A rule for answers, ready to be followed. */
export interface CompiledRule {
  readonly fits: (facts: MappingFacts, status: number) => boolean;
  readonly status: number | null;
  readonly headers: HeaderEdits | null;
  readonly body: BodyMapping | null;
}

/** Routes of a version share its rules: each condition is compiled once. */
const MAX_KEPT = 500;
const conditions = new Map<string, CelExpression>();

function condition(text: string): CelExpression {
  const known = conditions.get(text);
  if (known) return known;
  const compiled = ANSWER_LANGUAGE.compile(text, 'bool');
  if (!compiled.ok) throw new Error(compiled.message);
  if (conditions.size >= MAX_KEPT) conditions.clear();
  conditions.set(text, compiled.expression);
  return compiled.expression;
}

/** Throws for conditions and templates that cannot be compiled. */
export function compileRule({ statuses, when, status, headers, body }: AnswerRule): CompiledRule {
  const expression = when.trim() === '' ? null : condition(when);
  const ofStatus = (one: number): boolean =>
    statuses.length === 0 || statuses.some((pattern) => pattern === String(one) || pattern === `${String(one)[0]}xx`);
  return {
    fits(facts, one) {
      if (!ofStatus(one)) return false;
      if (expression === null) return true;
      const outcome = expression.evaluate((name) => answerVariable(facts, name));
      return outcome.ok && outcome.value === true;
    },
    status: status ?? null,
    headers: headers ? compileEdits(headers, 'answer') : null,
    body: body ?? null,
  };
}

/** The head callers get by a rule. What says that nothing has changed keeps its status. */
export function headBy(rule: CompiledRule, facts: MappingFacts, status: number, headers: IncomingHttpHeaders) {
  return {
    status: status === 304 ? status : (rule.status ?? status),
    headers: rule.headers === null ? headers : editAnswer(headers, rule.headers, facts),
  };
}
