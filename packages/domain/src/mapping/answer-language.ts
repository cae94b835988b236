import { CelLanguage, type CelVariables } from '../expressions/cel.ts';
import type { CelValue } from '../expressions/cel-value.ts';
import { REQUEST_VARIABLES } from '../expressions/request-variables.ts';
import type { MappingFacts } from './facts.ts';

/** Not known of an answer: the body has gone to the upstream by then. */
const GONE = new Set(['request.body', 'request.cookies']);

const VARIABLES: CelVariables = {
  ...Object.fromEntries(Object.entries(REQUEST_VARIABLES).filter(([name]) => !GONE.has(name))),
  'response.status': 'int',
  'response.headers': 'map<string, string>',
};

/** Conditions on an answer, and on the call it is for. */
export const ANSWER_LANGUAGE = new CelLanguage(VARIABLES);

/** Reads a variable of {@link ANSWER_LANGUAGE}. */
export function answerVariable(facts: MappingFacts, name: string): CelValue {
  const [thing, field] = name.split('.');
  if (field === undefined) return thing === 'plan' ? facts.plan : undefined;
  if (thing === 'response' && field === 'status') return BigInt(facts.response?.status ?? 0);
  const owner = facts[thing as keyof MappingFacts];
  return typeof owner === 'object' && Object.hasOwn(owner, field) ? (owner as never)[field] : undefined;
}
