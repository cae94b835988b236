import type { BodyMapping, HeaderChanges } from '@parley/contracts/policies/mapping';
import type { TransformPolicy } from '@parley/contracts/policies/transform';
import { ANSWER_LANGUAGE } from '@parley/domain/mapping/answer-language';
import { expressionProblem } from '@parley/domain/mapping/expression';
import type { MappingSide } from '@parley/domain/mapping/facts';
import { templateProblem } from '@parley/domain/mapping/template';
import type { FieldIssue } from '@parley/kernel/fault';
import type { PolicyCheck } from './checks.ts';

/** An issue of a field, where there is a message. */
export const issue = (path: string, message: string | null): FieldIssue[] =>
  message === null ? [] : [{ path, message }];

/** What is wrong with a JSONata expression, with its place in the text. */
export function mappingIssue(path: string, text: string): FieldIssue[] {
  const problem = text.trim() === '' ? null : expressionProblem(text);
  return issue(path, problem && `Line ${problem.line}, column ${problem.column}: ${problem.message}`);
}

function bodyIssues(path: string, body: BodyMapping | undefined): FieldIssue[] {
  return body ? mappingIssue(`${path}.map`, body.map) : [];
}

/** Templates that name what no call has. */
export function templateIssues(path: string, texts: Readonly<Record<string, string>>, side: MappingSide): FieldIssue[] {
  return Object.entries(texts).flatMap(([name, text]) => issue(`${path}.${name}`, templateProblem(text, side)));
}

/** Templates of header changes that name what no call has. */
function headerIssues(path: string, headers: HeaderChanges | undefined, side: MappingSide): FieldIssue[] {
  if (!headers) return [];
  return [
    ...templateIssues(`${path}.set`, headers.set, side),
    ...templateIssues(`${path}.append`, headers.append, side),
  ];
}

function whenIssue(path: string, when: string): FieldIssue[] {
  if (when.trim() === '') return [];
  const compiled = ANSWER_LANGUAGE.compile(when, 'bool');
  return compiled.ok ? [] : issue(path, `Line ${compiled.line}, column ${compiled.column}: ${compiled.message}`);
}

/** Expressions and templates have to compile; each is told of by its own field, with its place in the text. */
export const transformCheck: PolicyCheck<TransformPolicy> = {
  restOnly: 'Only calls of REST APIs can be transformed.',
  problems: ({ request, responses }) => [
    ...headerIssues('request.headers', request?.headers, 'request'),
    ...templateIssues('request.query.set', request?.query?.set ?? {}, 'request'),
    ...bodyIssues('request.body', request?.body),
    ...responses.flatMap(({ when, headers, body }, at) => [
      ...whenIssue(`responses.${at}.when`, when),
      ...headerIssues(`responses.${at}.headers`, headers, 'answer'),
      ...bodyIssues(`responses.${at}.body`, body),
    ]),
  ],
};
