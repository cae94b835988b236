import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import type { JsonSchema } from '@parley/contracts/contract-document';

const INTEGERS: JsonSchema = { type: 'integer' };
/** Numbers of 64 bits are texts in JSON (ProtoJSON). */
const LONG: JsonSchema = { type: 'string', pattern: '^-?[0-9]+$' };
const NUMBER: JsonSchema = { type: 'number' };
const SCALARS: Readonly<Partial<Record<ScalarType, JsonSchema>>> = {
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.STRING]: { type: 'string' },
  [ScalarType.BYTES]: { type: 'string', format: 'byte' },
  [ScalarType.DOUBLE]: NUMBER,
  [ScalarType.FLOAT]: NUMBER,
  [ScalarType.INT64]: LONG,
  [ScalarType.UINT64]: LONG,
  [ScalarType.SINT64]: LONG,
  [ScalarType.FIXED64]: LONG,
  [ScalarType.SFIXED64]: LONG,
};

const KNOWN: Readonly<Record<string, JsonSchema>> = {
  Timestamp: { type: 'string', format: 'date-time' },
  Duration: { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?s$' },
  FieldMask: { type: 'string' },
  Struct: { type: 'object' },
  Value: {},
  ListValue: { type: 'array' },
  Any: { type: 'object' },
  Empty: { type: 'object' },
  DoubleValue: NUMBER,
  FloatValue: NUMBER,
  Int64Value: LONG,
  UInt64Value: LONG,
  Int32Value: INTEGERS,
  UInt32Value: INTEGERS,
  BoolValue: { type: 'boolean' },
  StringValue: { type: 'string' },
  BytesValue: { type: 'string', format: 'byte' },
};
const GOOGLE = 'google.protobuf.';

/** Describes messages as their JSON (ProtoJSON) is; each message once, in `schemas`. */
export class MessageSchemas {
  readonly schemas: Record<string, JsonSchema> = {};

  of(message: DescMessage): JsonSchema {
    const { typeName } = message;
    const known = typeName.startsWith(GOOGLE) ? KNOWN[typeName.slice(GOOGLE.length)] : undefined;
    if (known !== undefined) return known;
    if (this.schemas[typeName] === undefined) {
      const properties: Record<string, JsonSchema> = {};
      this.schemas[typeName] = { type: 'object', properties };
      for (const field of message.fields) properties[field.jsonName] = this.field(field);
    }
    return { $ref: `#/components/schemas/${typeName}` };
  }

  field(field: DescField): JsonSchema {
    const one = this.#value(field);
    if (field.fieldKind === 'list') return { type: 'array', items: one };
    return field.fieldKind === 'map' ? { type: 'object', additionalProperties: one } : one;
  }

  #value(field: DescField): JsonSchema {
    if (field.message) return this.of(field.message);
    if (field.enum) return { type: 'string', enum: field.enum.values.map(({ name }) => name) };
    return SCALARS[field.scalar as ScalarType] ?? INTEGERS;
  }
}
