import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';

/** How the text of a path or query parameter becomes JSON for a field. */
export type FromText = 'text' | 'boolean' | 'enum';

/** A field that a parameter can fill: names of JSON objects down to it. */
export interface FieldPath {
  readonly steps: readonly string[];
  readonly repeated: boolean;
  readonly reads: FromText;
}

/** Well-known messages whose JSON is a text or a number, with how it is read. */
const TEXTUAL: Readonly<Record<string, FromText>> = {
  'google.protobuf.Timestamp': 'text',
  'google.protobuf.Duration': 'text',
  'google.protobuf.FieldMask': 'text',
  'google.protobuf.DoubleValue': 'text',
  'google.protobuf.FloatValue': 'text',
  'google.protobuf.Int64Value': 'text',
  'google.protobuf.UInt64Value': 'text',
  'google.protobuf.Int32Value': 'text',
  'google.protobuf.UInt32Value': 'text',
  'google.protobuf.BoolValue': 'boolean',
  'google.protobuf.StringValue': 'text',
  'google.protobuf.BytesValue': 'text',
};

/** The field a name with dots leads to, in either spelling (`page_size`, `pageSize`); `null` for what a text cannot fill. */
export function fieldPath(message: DescMessage, name: string): FieldPath | null {
  const parts = name.split('.');
  const steps: string[] = [];
  let within = message;
  for (const [at, part] of parts.entries()) {
    const field = within.fields.find((one) => one.name === part || one.jsonName === part);
    if (field === undefined) return null;
    steps.push(field.jsonName);
    if (at === parts.length - 1) return endOf(field, steps);
    if (field.fieldKind !== 'message') return null;
    within = field.message;
  }
  return null;
}

function endOf(field: DescField, steps: readonly string[]): FieldPath | null {
  const repeated = field.fieldKind === 'list';
  const of = (reads: FromText): FieldPath => ({ steps, repeated, reads });
  if (field.enum) return field.fieldKind === 'map' ? null : of('enum');
  if (field.fieldKind === 'scalar' || (field.fieldKind === 'list' && field.listKind === 'scalar')) {
    return of(field.scalar === ScalarType.BOOL ? 'boolean' : 'text');
  }
  const reads = field.message && field.fieldKind !== 'map' ? TEXTUAL[field.message.typeName] : undefined;
  return reads === undefined ? null : of(reads);
}

/** Every field of a message that a query parameter can fill, by its name with dots; not deeper than `depth`. */
export function queryFields(message: DescMessage, depth = 3): { name: string; path: FieldPath }[] {
  return message.fields.flatMap((field) => {
    const path = fieldPath(message, field.name);
    if (path !== null) return [{ name: field.jsonName, path }];
    if (depth === 0 || field.fieldKind !== 'message') return [];
    return queryFields(field.message, depth - 1).map(({ name, path: inner }) => ({
      name: `${field.jsonName}.${name}`,
      path: { ...inner, steps: [field.jsonName, ...inner.steps] },
    }));
  });
}
