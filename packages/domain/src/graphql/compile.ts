import type { JsonSchema } from '@parley/contracts/contract-document';
import type { GraphqlPlan, PlannedInput } from '@parley/contracts/graphql-plan';
import type { GraphqlPolicy } from '@parley/contracts/policies/graphql';
import type { TranslatedInput } from '@parley/contracts/policies/translated-input';
import { type GraphQLSchema, print, type VariableDefinitionNode } from 'graphql';
import type { EndpointShape } from '../translation/endpoint-shape.ts';
import { type Place, plannedPlace } from '../translation/input-place.ts';
import { answerSchema } from './describe-answer.ts';
import { inputShape } from './describe-input.ts';
import { coerce, type Problem, readType } from './input-types.ts';
import { neededTypes } from './needed-types.ts';
import { type ReadOperation, readOperation } from './read-operation.ts';
import { readSchema } from './schema-text.ts';

/** What is wrong with a policy, by the path of the field. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** What callers are told for these codes of an error, unless the policy says otherwise; any other is 502. */
const STATUSES: Readonly<Record<string, number>> = { BAD_USER_INPUT: 400, FORBIDDEN: 403, NOT_FOUND: 404 };
const KIBIBYTE = 1024;
/** Largest plan in a snapshot, as JSON text. */
const MAX_PLAN_BYTES = 256 * KIBIBYTE;

export interface CompiledGraphql {
  readonly plan: GraphqlPlan;
  readonly shape: EndpointShape;
}

/** Compiles the policy of a route, or tells what is wrong with it. */
export function compileGraphql(policy: GraphqlPolicy, route: Place): CompiledGraphql | readonly Issue[] {
  if (policy.document === undefined) {
    return [{ path: 'document', message: 'Write the query, or switch “graphql” off on this route.' }];
  }
  const schema = policy.schema === undefined ? null : readSchema(policy.schema);
  if (typeof schema === 'string') return [{ path: 'schema', message: schema }];
  const read = readOperation(policy.document, policy.operationName, schema);
  if (!('operation' in read)) return read;
  const types = neededTypes(read.operation, schema);
  const { variables, issues } = variablesOf(policy.variables ?? [], read, types, route);
  const found = [...methodIssues(read, route), ...issues];
  if (found.length > 0) return found;
  const plan: GraphqlPlan = {
    kind: 'graphql',
    query: read.query,
    operationName: read.operation.name?.value ?? null,
    variables,
    types,
    result: policy.result ?? '',
    whenNull: policy.whenNull ?? 'notFound',
    partial: policy.partial ?? 'answer',
    statuses: { ...STATUSES, ...policy.statuses },
    maxAnswerBytes: (policy.maxAnswerKb ?? KIBIBYTE) * KIBIBYTE,
  };
  const bytes = JSON.stringify(plan).length;
  if (bytes > MAX_PLAN_BYTES) {
    const message = `The input types of its variables take ${Math.ceil(bytes / KIBIBYTE)} KB; at most ${MAX_PLAN_BYTES / KIBIBYTE} KB can be kept. Use smaller inputs, or leave the schema out.`;
    return [{ path: 'variables', message }];
  }
  const answer = answerSchema(read, schema, plan.result);
  if (answer === null) {
    return [{ path: 'result', message: 'The query asks for nothing at this place of its data.' }];
  }
  return { plan, shape: { ...shapeOf(plan, read, schema), answer: answered(answer, plan) } };
}

/** Where null is told as 404, no answer is null. */
function answered(schema: JsonSchema, { result, whenNull }: GraphqlPlan): JsonSchema {
  if (typeof schema === 'boolean' || result === '' || whenNull === 'answer' || !Array.isArray(schema.type))
    return schema;
  const [type] = (schema.type as unknown[]).filter((one) => one !== 'null');
  const values = Array.isArray(schema.enum) ? { enum: (schema.enum as unknown[]).filter((one) => one !== null) } : {};
  return { ...schema, type, ...values };
}

function shapeOf(plan: GraphqlPlan, { operation }: ReadOperation, schema: GraphQLSchema | null) {
  const name = operation.name?.value ?? '';
  return { summary: name, ...inputShape(plan, schema), schemas: {} };
}

function methodIssues({ operation }: ReadOperation, { method, path }: Place): Issue[] {
  if (operation.operation !== 'mutation' || !['GET', 'HEAD', 'OPTIONS', '*'].includes(method)) return [];
  const message = `A mutation changes something, so it needs a route for POST, PUT, PATCH or DELETE; ${path} is for ${method === '*' ? 'any method' : method}.`;
  return [{ path: 'document', message }];
}

interface Variables {
  readonly variables: GraphqlPlan['variables'];
  readonly issues: readonly Issue[];
}

function variablesOf(
  inputs: readonly TranslatedInput[],
  { operation }: ReadOperation,
  types: GraphqlPlan['types'],
  route: Place,
): Variables {
  const declared = new Map((operation.variableDefinitions ?? []).map((one) => [one.variable.name.value, one]));
  const issues: Issue[] = [];
  const variables: GraphqlPlan['variables'] = [];
  inputs.forEach((input, at) => {
    const definition = declared.get(input.name);
    const say = (field: string, message: string) => issues.push({ path: `variables.${at}.${field}`, message });
    if (!definition) return say('name', `The operation declares no variable $${input.name}.`);
    if (variables.some(({ name }) => name === input.name)) return say('name', 'It is filled already.');
    const placed = plannedPlace(input, route);
    if ('message' in placed) return say(placed.path, placed.message);
    const planned = { ...placed, type: print(definition.type), optional: isOptional(definition) };
    for (const message of valueProblems(planned, types)) say(planned.from === 'value' ? 'value' : 'from', message);
    variables.push(planned);
  });
  const missing = [...declared.values()].filter(
    (one) => !isOptional(one) && !inputs.some(({ name }) => name === one.variable.name.value),
  );
  const say = (one: VariableDefinitionNode): Issue => ({
    path: 'variables',
    message: `Say where $${one.variable.name.value} comes from: the operation needs it.`,
  });
  return { variables, issues: [...issues, ...missing.map(say)] };
}

function isOptional({ type, defaultValue }: VariableDefinitionNode): boolean {
  return type.kind !== 'NonNullType' || defaultValue !== undefined;
}

/** Constants must fit; objects cannot be written into a path, a query or a header. */
function valueProblems(variable: PlannedInput & { type: string }, types: GraphqlPlan['types']): string[] {
  const type = readType(variable.type);
  if (variable.from === 'value') {
    const problems: Problem[] = [];
    coerce(type, variable.value, types, { pointer: '', problems });
    return problems.map(({ pointer, message }) => (pointer === '' ? message : `${pointer}: ${message}`));
  }
  if (variable.from === 'body') return [];
  let inner = type;
  while (inner.list !== null) inner = inner.list;
  const own = types[inner.name];
  return own && 'fields' in own ? [`${variable.type} holds fields: take it from the body.`] : [];
}
