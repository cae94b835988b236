import { type GraphqlPlan, graphqlPlanSchema } from '@parley/contracts/graphql-plan';
import { coerce, fromTexts, type InputType, type Problem, readType } from '@parley/domain/graphql/input-types';
import type { Exchange } from '../../exchange.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import type { Serving } from '../../serving/serving.ts';
import type { EndpointSource } from '../../stage.ts';
import { FindingsLog } from '../findings-log.ts';
import { type Inputs, inputsOf } from '../translation/inputs.ts';
import { toService } from '../translation/to-service.ts';
import { translated } from '../translation/translated.ts';
import { readAnswer } from './answer.ts';

const HEADERS = [
  'content-type',
  'application/json',
  'accept',
  'application/graphql-response+json, application/json;q=0.9',
];
const MAX_PROBLEMS = 20;

interface Prepared {
  readonly plan: GraphqlPlan;
  readonly inputs: Inputs;
  readonly types: readonly InputType[];
  /** The body up to its variables. */
  readonly beginning: string;
}

/**
 * Answers a route from a GraphQL service: the values that the plan names travel as variables of the one document that the
 * publisher wrote, and the data of the answer as JSON. Without a plan that this release can read every call is refused.
 */
export function graphql({ policies, route, api, version }: EndpointSource): Serving | null {
  if (!policies.graphql) return null;
  const read = graphqlPlanSchema.safeParse(route?.plan);
  if (!read.success || route === null) return translated('graphql', null);
  const plan = read.data;
  const inputs = inputsOf(plan.variables, route.path);
  const named = plan.operationName === null ? '' : `"operationName":${JSON.stringify(plan.operationName)},`;
  const beginning = `{"query":${JSON.stringify(plan.query)},${named}"variables":`;
  const prepared = { plan, inputs, types: plan.variables.map(({ type }) => readType(type)), beginning };
  const log = new FindingsLog('a GraphQL service reports errors', { api: api.slug, version: version.version });
  const inputHeaders = plan.variables.flatMap(({ from, at }) => (from === 'header' ? [at] : []));
  return translated('graphql', {
    inputs,
    maxAnswerBytes: plan.maxAnswerBytes,
    log,
    build: (exchange, ports, body) => build(prepared, exchange, ports, body),
    read: (answer, report) => readAnswer({ plan, inputHeaders }, answer, (errors) => report({ errors })),
  });
}

function build(
  { plan, inputs, types, beginning }: Prepared,
  exchange: Exchange,
  ports: Ports,
  body: unknown,
): Refusal | null {
  const problems: Problem[] = [];
  const given = inputs.read(exchange, body);
  const values: [string, unknown][] = [];
  plan.variables.forEach(({ name, optional }, at) => {
    const one = given[at] ?? null;
    const pointer = inputs.pointers[at] ?? '';
    const type = types[at] as InputType;
    if (one === null) {
      if (!optional) problems.push({ pointer, message: 'It is missing.' });
      return;
    }
    if ('wrong' in one) {
      problems.push({ pointer, message: one.wrong });
      return;
    }
    const json = 'json' in one ? one.json : fromTexts(type, one.texts);
    values.push([name, coerce(type, json, plan.types, { pointer, problems })]);
  });
  if (problems.length > 0) return refusal('invalid_variable', { errors: problems.slice(0, MAX_PROBLEMS) });
  const text = `${beginning}${JSON.stringify(Object.fromEntries(values))}}`;
  return toService(exchange, ports, { headers: HEADERS, body: Buffer.from(text) });
}
