import { type DescMessage, fromJson, type JsonValue, type Registry, toBinary } from '@bufbuild/protobuf';
import type { GrpcPlan } from '@parley/contracts/grpc-plan';
import { type FieldPath, fieldPath } from '@parley/domain/grpc/field-paths';
import type { Exchange } from '../../exchange.ts';
import { type Refusal, refusal } from '../../refusals.ts';

type Fields = { [name: string]: JsonValue };

/** Makes the message of a call from its path, query and body. */
export type MakeMessage = (exchange: Exchange, body: unknown) => Uint8Array | Refusal;

const MAX_PARAMETERS = 500;
const MAX_MESSAGE = 300;

const missing = (pointer: string, message: string): Refusal =>
  refusal('invalid_variable', { errors: [{ pointer, message }] });

/** Prepares making messages, when the configuration is loaded. `routeParameters` are the route's, as written. */
export function messageMaker(
  { parameters, body, input: name }: GrpcPlan,
  { input, registry }: { readonly input: DescMessage; readonly registry: Registry },
  routeParameters: readonly string[],
): MakeMessage {
  const fromPath = parameters.map(({ name: parameter, field }) => ({
    parameter,
    at: routeParameters.indexOf(`{${parameter}}`),
    path: fieldPath(input, field),
  }));
  const bodyField = input.fields.find((field) => field.name === body || field.jsonName === body)?.jsonName ?? null;
  const known = new Map<string, FieldPath | null>();
  const pathOf = (parameter: string): FieldPath | null => {
    let found = known.get(parameter);
    if (found === undefined) {
      found = fieldPath(input, parameter);
      if (known.size < MAX_PARAMETERS) known.set(parameter, found);
    }
    return found;
  };

  function fieldsOf(exchange: Exchange, given: unknown): Fields | Refusal {
    const fields: Fields = Object.create(null) as Fields;
    if (body === '*' && given !== undefined) {
      if (typeof given !== 'object' || given === null || Array.isArray(given)) {
        return missing('/body', `It has to be an object, the JSON of ${name}.`);
      }
      Object.assign(fields, given);
    } else if (bodyField !== null && given !== undefined) fields[bodyField] = given as JsonValue;
    const query = new URLSearchParams(exchange.query);
    if (query.size > MAX_PARAMETERS) return refusal('request_too_complex');
    for (const parameter of new Set(query.keys())) {
      const path = body === '*' ? null : pathOf(parameter);
      if (path === null) return missing(`/query/${parameter.slice(0, 100)}`, 'There is no such field to fill.');
      if (!set(fields, path, query.getAll(parameter)))
        return missing(`/query/${parameter.slice(0, 100)}`, 'It can be given once.');
    }
    for (const { parameter, at, path } of fromPath) {
      const text = decoded(exchange.routeParams[at]);
      if (text === null || path === null || !set(fields, path, [text])) {
        return missing(`/path/${parameter}`, 'It is not percent-encoded UTF-8, or does not fit the body.');
      }
    }
    return fields;
  }

  return (exchange, given) => {
    const fields = fieldsOf(exchange, given);
    if ('code' in fields && 'nextStep' in fields) return fields as unknown as Refusal;
    try {
      return toBinary(input, fromJson(input, fields as JsonValue, { registry }));
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      return missing('/body', `${message.charAt(0).toUpperCase()}${message.slice(1, MAX_MESSAGE)}.`);
    }
  };
}

/** Puts texts into the field a path leads to; false when something else stands in the way. */
function set(fields: Fields, { steps, repeated, reads }: FieldPath, texts: readonly string[]): boolean {
  let within = fields;
  for (const step of steps.slice(0, -1)) {
    const next = within[step] ?? (Object.create(null) as Fields);
    if (typeof next !== 'object' || Array.isArray(next)) return false;
    within[step] = next;
    within = next;
  }
  const values = texts.map((text) => valueOf(reads, text));
  if (!repeated && values.length > 1) return false;
  within[steps.at(-1) as string] = repeated ? values : (values[0] as JsonValue);
  return true;
}

function valueOf(reads: FieldPath['reads'], text: string): JsonValue {
  if (reads === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return reads === 'enum' && /^-?\d{1,10}$/.test(text) ? Number(text) : text;
}

function decoded(text: string | undefined): string | null {
  try {
    return text === undefined ? null : decodeURIComponent(text);
  } catch {
    return null;
  }
}
