import type { JsonSchema } from '@parley/contracts/contract-document';
import type { PlannedComplex, PlannedSimple, SoapPlan } from '@parley/contracts/soap-plan';
import { type Budget, bodySchema, type EndpointShape, newBudget, spend } from '../translation/endpoint-shape.ts';
import { pointerSteps } from '../translation/json-pointer.ts';
import { TEXT } from '../xml/xml-value.ts';
import { fieldsOf } from './fields.ts';

type Told = { [name: string]: unknown };

const FORMATS: Readonly<Record<string, string>> = {
  date: 'date',
  dateTime: 'date-time',
  time: 'time',
  duration: 'duration',
  anyURI: 'uri',
  base64Binary: 'byte',
  int: 'int32',
  long: 'int64',
  float: 'float',
  double: 'double',
};
/** Types may hold themselves: deeper than this they are told of as objects. */
const MAX_DEPTH = 6;

/** Parameters, body and answer of an endpoint, by the types of its plan. */
export function soapShape(plan: SoapPlan, documentation: string): EndpointShape {
  const input = typeSchema(plan, plan.input.type);
  const parts = plan.inputs.map((one) => ({ ...one, ...partOf(input, one.name) }));
  const output = plan.output === null ? {} : typeSchema(plan, plan.output.type);
  return {
    summary: documentation.split('\n', 1)[0] || plan.input.name,
    parameters: parts.flatMap(({ from, at, required, schema }) =>
      from === 'path' || from === 'query' || from === 'header'
        ? [{ in: from, name: at, required: from === 'path' || required, schema }]
        : [],
    ),
    body: bodySchema(
      parts
        .filter(({ from }) => from === 'body')
        .map(({ at, required, schema, name }) => ({
          at,
          required,
          schema:
            name === ''
              ? without(
                  schema as Told,
                  parts.filter(({ from }) => from !== 'body').map((one) => one.name),
                )
              : schema,
        })),
    ),
    answer: plan.output === null ? {} : partOf(output, plan.result).schema,
    schemas: {},
  };
}

/** Whether the answer can have anything at a pointer. */
export function answersAt(plan: SoapPlan, pointer: string): boolean {
  return pointer === '' || (plan.output !== null && partOf(typeSchema(plan, plan.output.type), pointer).known);
}

/** The part of a schema at a pointer, and whether it is always there. */
export function partOf(schema: JsonSchema, pointer: string): { schema: JsonSchema; required: boolean; known: boolean } {
  let at = schema as Told;
  let required = true;
  for (const step of pointerSteps(pointer)) {
    const properties = (at.properties ?? {}) as Record<string, Told>;
    if (Object.hasOwn(properties, step)) {
      required &&= ((at.required ?? []) as string[]).includes(step);
      at = properties[step] as Told;
    } else if (at.items !== undefined && /^\d+$/.test(step)) at = at.items as Told;
    else return { schema: {}, required: false, known: at.type === undefined || at.additionalProperties !== undefined };
  }
  return { schema: at, required, known: true };
}

/** An object without the fields that come from elsewhere. */
function without(schema: Told, pointers: readonly string[]): Told {
  const gone = new Set(
    pointers.flatMap((pointer) => (pointerSteps(pointer).length === 1 ? pointerSteps(pointer) : [])),
  );
  if (!schema.properties || gone.size === 0) return schema;
  const properties = Object.entries(schema.properties).filter(([name]) => !gone.has(name));
  const required = ((schema.required ?? []) as string[]).filter((name) => !gone.has(name));
  const { required: _, ...rest } = schema;
  return { ...rest, properties: Object.fromEntries(properties), ...(required.length > 0 ? { required } : {}) };
}

/** The JSON Schema of one of a plan's types. */
export function typeSchema(plan: SoapPlan, at: number): Told {
  return schemaOf({ plan, budget: newBudget() }, at, 0);
}

interface Telling {
  readonly plan: SoapPlan;
  readonly budget: Budget;
}

function schemaOf(telling: Telling, at: number, depth: number): Told {
  const { plan, budget } = telling;
  if (!spend(budget)) return {};
  const type = plan.types[at];
  if (type?.kind === 'simple') return simpleSchema(type);
  if (type?.kind !== 'complex') return {};
  if (depth > MAX_DEPTH) return { type: 'object' };
  return complexSchema(telling, type, depth);
}

function complexSchema(telling: Telling, type: PlannedComplex, depth: number): Told {
  const attributes = type.attributes.map(({ name, type: at }): [string, Told] => [
    `@${name}`,
    schemaOf(telling, at, depth + 1),
  ]);
  if (type.text !== null && attributes.length === 0) return schemaOf(telling, type.text, depth);
  const properties: [string, Told][] = [...attributes];
  if (type.text !== null) properties.push([TEXT, schemaOf(telling, type.text, depth + 1)]);
  if (type.derived) {
    const names = [...(type.abstract ? [] : [null]), ...type.derived.map(({ name }) => name)].filter(
      (name) => name !== null,
    );
    properties.push([
      '@xsi:type',
      { type: 'string', enum: names, description: 'Which of the types that extend this one.' },
    ]);
  }
  const required = type.attributes.filter((one) => one.required).map(({ name }) => `@${name}`);
  for (const [name, { element, list, always }] of fieldsOf(type.content)) {
    const inner = nillable(schemaOf(telling, element.type, depth + 1), element.nillable);
    properties.push([name, list ? { type: 'array', items: inner } : inner]);
    if (always) required.push(name);
  }
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 ? { required } : {}),
  };
}

function nillable(schema: Told, may: boolean): Told {
  if (!may || typeof schema.type !== 'string') return schema;
  return {
    ...schema,
    type: [schema.type, 'null'],
    ...(Array.isArray(schema.enum) ? { enum: [...(schema.enum as unknown[]), null] } : {}),
  };
}

function simpleSchema({ base, of, values, list }: PlannedSimple): Told {
  const format = FORMATS[of];
  const one = { type: base, ...(format ? { format } : {}), ...(values ? { enum: values } : {}) };
  return list ? { type: 'array', items: one } : one;
}
