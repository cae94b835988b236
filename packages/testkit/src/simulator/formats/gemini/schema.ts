import { invalidField } from './google-error.ts';

/** Google's `Schema`: a part of OpenAPI 3.0 with upper-case types. */
export interface GoogleSchema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly nullable?: boolean;
  readonly items?: GoogleSchema;
  readonly properties?: Readonly<Record<string, GoogleSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly GoogleSchema[];
  readonly [field: string]: unknown;
}

const FORMATS: Readonly<Record<string, readonly string[]>> = {
  STRING: ['enum', 'date-time'],
  NUMBER: ['float', 'double'],
  INTEGER: ['int32', 'int64'],
};

/** What the API asks of a schema beyond its fields. Throws GoogleError 400 with the place, as `…parameters.items`. */
export function checkSchema(schema: GoogleSchema, where: string): void {
  const { type, properties = {}, items, format } = schema;
  if (type === 'ARRAY' && !items) throw invalidField(`${where}.items`, 'missing field.');
  if (type === 'OBJECT' && Object.keys(properties).length === 0 && schema.properties !== undefined) {
    throw invalidField(`${where}.properties`, 'should be non-empty for OBJECT type');
  }
  if (schema.enum && type !== 'STRING') throw invalidField(`${where}.enum`, 'only allowed for STRING type');
  const formats = FORMATS[type ?? ''];
  if (format && formats && !formats.includes(format)) {
    const known = formats.map((name) => `'${name}'`).join(' and ');
    throw invalidField(`${where}.format`, `only ${known} are supported for ${type} type`);
  }
  for (const [at, name] of (schema.required ?? []).entries()) {
    if (!Object.hasOwn(properties, name)) throw invalidField(`${where}.required[${at}]`, 'property is not defined');
  }
  for (const [name, property] of Object.entries(properties)) checkSchema(property, `${where}.properties[${name}]`);
  if (items) checkSchema(items, `${where}.items`);
  for (const [at, variant] of (schema.anyOf ?? []).entries()) checkSchema(variant, `${where}.any_of[${at}]`);
}

const KEPT = [
  'title',
  'description',
  'format',
  'enum',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'pattern',
  'required',
] as const;

/** The same as JSON Schema. */
export function jsonSchemaOf(schema: GoogleSchema): Record<string, unknown> {
  const kept = Object.fromEntries(
    KEPT.filter((name) => schema[name] !== undefined).map((name) => [name, schema[name]]),
  );
  const type = schema.type?.toLowerCase();
  return {
    ...kept,
    ...(type ? { type: schema.nullable ? [type, 'null'] : type } : {}),
    ...(schema.items ? { items: jsonSchemaOf(schema.items) } : {}),
    ...(schema.anyOf ? { anyOf: schema.anyOf.map(jsonSchemaOf) } : {}),
    ...(schema.properties
      ? {
          properties: Object.fromEntries(
            Object.entries(schema.properties).map(([name, property]) => [name, jsonSchemaOf(property)]),
          ),
        }
      : {}),
  };
}
