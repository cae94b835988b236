import type { JsonSchema } from '@parley/contracts/contract-document';
import {
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { type Budget, newBudget, spend } from '../translation/endpoint-shape.ts';
import { pointerSteps } from '../translation/json-pointer.ts';
import { scalarSchema } from './describe-input.ts';
import type { ReadOperation } from './read-operation.ts';

type Told = { [name: string]: unknown };
type Fields = Map<string, { told: Told; always: boolean }>;

interface Reading {
  readonly schema: GraphQLSchema | null;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly budget: Budget;
}

/** The schema of what an endpoint answers: the part of the operation's data at `result`; `null` where there is no such part. */
export function answerSchema(read: ReadOperation, schema: GraphQLSchema | null, result: string): JsonSchema | null {
  const fragments = read.document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  const byName = new Map(fragments.map((one) => [one.name.value, one]));
  const reading = { schema, fragments: byName, budget: newBudget() };
  const root = schema?.getRootType(read.operation.operation) ?? null;
  let at: Told = objectSchema(read.operation.selectionSet, root, reading);
  for (const step of pointerSteps(result)) {
    const properties = at.properties as Record<string, Told> | undefined;
    if (properties) {
      if (!Object.hasOwn(properties, step)) return null;
      at = properties[step] as Told;
    } else if (at.items !== undefined && /^\d+$/.test(step)) at = at.items as Told;
    else if (at.type !== undefined) return null;
    else return {};
  }
  return at;
}

function objectSchema(set: SelectionSetNode, type: GraphQLCompositeType | null, reading: Reading): Told {
  const fields: Fields = new Map();
  collect(set, type, { reading, fields, always: true });
  const entries = [...fields].map(([name, { told }]) => [name, told] as const);
  const required = [...fields].filter(([, { always }]) => always).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(entries),
    ...(required.length > 0 ? { required } : {}),
  };
}

interface Collecting {
  readonly reading: Reading;
  readonly fields: Fields;
  /** Whether what is collected is there in every answer. */
  readonly always: boolean;
}

function collect(set: SelectionSetNode, type: GraphQLCompositeType | null, into: Collecting): void {
  const { reading } = into;
  for (const selection of set.selections) {
    if (!spend(reading.budget)) return;
    const always = into.always && (selection.directives ?? []).length === 0;
    if (selection.kind === Kind.FIELD) {
      const name = selection.alias?.value ?? selection.name.value;
      const told = fieldSchema(selection.name.value, selection.selectionSet, type, reading);
      const before = into.fields.get(name);
      into.fields.set(name, { told: before ? merged(before.told, told) : told, always: always || !!before?.always });
      continue;
    }
    const inner = selection.kind === Kind.FRAGMENT_SPREAD ? reading.fragments.get(selection.name.value) : selection;
    if (inner === undefined) continue;
    const condition = inner.typeCondition?.name.value;
    const on =
      condition === undefined ? type : (reading.schema?.getType(condition) as GraphQLCompositeType | undefined);
    const certain = condition === undefined || (type !== null && !isAbstractType(type)) || condition === type?.name;
    collect(inner.selectionSet, on ?? null, { ...into, always: always && certain });
  }
}

/** The same field asked for twice: what either part asks of it. */
function merged(one: Told, other: Told): Told {
  if (!one.properties || !other.properties) return one;
  const [a, b] = [one.properties as Record<string, Told>, other.properties as Record<string, Told>];
  const required = [...new Set([...((one.required as string[]) ?? []), ...((other.required as string[]) ?? [])])];
  return { ...one, properties: { ...a, ...b }, ...(required.length > 0 ? { required } : {}) };
}

function fieldSchema(
  name: string,
  set: SelectionSetNode | undefined,
  parent: GraphQLCompositeType | null,
  reading: Reading,
): Told {
  if (name === '__typename') return { type: 'string' };
  const fields = parent !== null && (isObjectType(parent) || isInterfaceType(parent)) ? parent.getFields() : {};
  const field = fields[name];
  if (field === undefined) return set ? unknownObject(set, reading) : {};
  const told = outputSchema(field.type, set, reading);
  return field.description ? { ...told, description: field.description } : told;
}

/** Of a field whose type nobody knows, that may be a list too. */
function unknownObject(set: SelectionSetNode, reading: Reading): Told {
  return { properties: objectSchema(set, null, reading).properties };
}

function outputSchema(type: GraphQLOutputType, set: SelectionSetNode | undefined, reading: Reading): Told {
  if (isNonNullType(type)) return bare(type.ofType, set, reading);
  const told = bare(type, set, reading);
  if (Array.isArray(told.enum)) return { ...told, type: ['string', 'null'], enum: [...(told.enum as string[]), null] };
  return typeof told.type === 'string' ? { ...told, type: [told.type, 'null'] } : told;
}

function bare(type: GraphQLOutputType, set: SelectionSetNode | undefined, reading: Reading): Told {
  if (isListType(type)) return { type: 'array', items: outputSchema(type.ofType, set, reading) };
  if (isEnumType(type)) return { type: 'string', enum: type.getValues().map(({ name }) => name) };
  if (set === undefined) return 'name' in type ? scalarSchema(type.name) : {};
  return objectSchema(set, type as GraphQLCompositeType, reading);
}
