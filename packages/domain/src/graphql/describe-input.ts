import type { JsonSchema } from '@parley/contracts/contract-document';
import type { GraphqlPlan } from '@parley/contracts/graphql-plan';
import { type GraphQLSchema, isSpecifiedScalarType } from 'graphql';
import { type Budget, bodySchema, type EndpointShape, newBudget, spend } from '../translation/endpoint-shape.ts';
import { type InputType, readType } from './input-types.ts';

const SCALARS: Readonly<Record<string, string>> = {
  Int: 'integer',
  Float: 'number',
  String: 'string',
  Boolean: 'boolean',
  ID: 'string',
};
/** Input objects may hold themselves: deeper than this they are told of as objects. */
const MAX_DEPTH = 5;

/** The JSON Schema of GraphQL's own scalars; anything for custom ones. */
export function scalarSchema(name: string): { [name: string]: unknown } {
  return Object.hasOwn(SCALARS, name) ? { type: SCALARS[name] } : {};
}

/** Parameters and body of an endpoint, from where its variables come from. */
export function inputShape(
  plan: GraphqlPlan,
  schema: GraphQLSchema | null,
): Pick<EndpointShape, 'parameters' | 'body'> {
  const budget = newBudget();
  const told = plan.variables.map((one) => {
    const described = inputSchema(readType(one.type), plan.types, { depth: 0, budget });
    const type = schema?.getType(one.type.replaceAll(/[![\]]/g, ''));
    const description = type && !isSpecifiedScalarType(type) ? type.description : null;
    return { ...one, schema: description ? { description, ...described } : described };
  });
  return {
    parameters: told.flatMap(({ from, at, optional, schema: described }) =>
      from === 'path' || from === 'query' || from === 'header'
        ? [{ in: from, name: at, required: from === 'path' || !optional, schema: described }]
        : [],
    ),
    body: bodySchema(
      told
        .filter(({ from }) => from === 'body')
        .map(({ at, optional, schema: described }) => ({ at, required: !optional, schema: described })),
    ),
  };
}

interface At {
  readonly depth: number;
  readonly budget: Budget;
}

function inputSchema(type: InputType, types: GraphqlPlan['types'], at: At): { [name: string]: unknown } {
  if (!spend(at.budget)) return {};
  if (type.list !== null) return { type: 'array', items: inputSchema(type.list, types, at) };
  const own = Object.hasOwn(types, type.name) ? types[type.name] : undefined;
  if (own === undefined) return scalarSchema(type.name);
  if ('values' in own) return { type: 'string', enum: own.values };
  if (at.depth >= MAX_DEPTH) return { type: 'object' };
  const fields = Object.entries(own.fields);
  const required = fields.filter(([, { optional }]) => !optional).map(([name]) => name);
  const properties = fields.map(([name, field]): [string, JsonSchema] => [
    name,
    inputSchema(readType(field.type), types, { ...at, depth: at.depth + 1 }),
  ]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}
