import { create } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import type { ProtoEnum, ProtoField, ProtoFile, ProtoMessage } from './parse-proto.ts';
import { ProtoError } from './proto-tokens.ts';

/** Files of Google’s that every compiler brings along. */
export const KNOWN_FILES: ReadonlyMap<string, FileDescriptorProto> = new Map(
  [
    file_google_protobuf_any,
    file_google_protobuf_duration,
    file_google_protobuf_empty,
    file_google_protobuf_field_mask,
    file_google_protobuf_struct,
    file_google_protobuf_timestamp,
    file_google_protobuf_wrappers,
  ].map(({ proto }) => [proto.name, proto]),
);

const SCALARS: Readonly<Record<string, Type>> = {
  double: Type.DOUBLE,
  float: Type.FLOAT,
  int64: Type.INT64,
  uint64: Type.UINT64,
  int32: Type.INT32,
  fixed64: Type.FIXED64,
  fixed32: Type.FIXED32,
  bool: Type.BOOL,
  string: Type.STRING,
  bytes: Type.BYTES,
  uint32: Type.UINT32,
  sfixed32: Type.SFIXED32,
  sfixed64: Type.SFIXED64,
  sint32: Type.SINT32,
  sint64: Type.SINT64,
};

/** Full names of messages and enums, with what they are. */
export type Names = Map<string, 'message' | 'enum'>;

/** Notes the names of a parsed file. Throws `ProtoError` for one that is there already. */
export function namesOfParsed(
  { packageName, messages, enums }: Pick<ProtoFile, 'packageName' | 'messages' | 'enums'>,
  names: Names,
): void {
  const note = ({ name, line }: ProtoEnum | ProtoMessage, what: 'message' | 'enum'): string => {
    const full = packageName === '' ? name : `${packageName}.${name}`;
    if (names.has(full)) throw new ProtoError(`There are two of the name ${full}.`, line);
    names.set(full, what);
    return full;
  };
  for (const one of enums) note(one, 'enum');
  for (const one of messages) {
    namesOfParsed({ packageName: note(one, 'message'), messages: one.messages, enums: one.enums }, names);
  }
}

export function namesOfKnown(names: Names): void {
  for (const file of KNOWN_FILES.values()) {
    for (const { name } of file.messageType) names.set(`${file.package}.${name}`, 'message');
    for (const { name } of file.enumType) names.set(`${file.package}.${name}`, 'enum');
  }
}

/** The full name of a type as it is seen from a scope: inner scopes come first, as in C++. */
export function resolveName(name: string, scope: string, names: Names): string | null {
  if (name.startsWith('.')) return names.has(name.slice(1)) ? name.slice(1) : null;
  for (let within = scope; ; within = within.slice(0, Math.max(0, within.lastIndexOf('.')))) {
    const full = within === '' ? name : `${within}.${name}`;
    if (names.has(full)) return full;
    if (within === '') return null;
  }
}

/** The descriptor of a parsed file. Throws `ProtoError` for types that are not there. */
export function describeFile(name: string, file: ProtoFile, names: Names): FileDescriptorProto {
  return create(FileDescriptorProtoSchema, {
    name,
    package: file.packageName,
    syntax: 'proto3',
    dependency: file.imports.map((one) => one.name).filter((one) => !one.startsWith('google/api/')),
    messageType: file.messages.map((one) => describeMessage(one, file.packageName, names)),
    enumType: file.enums.map(describeEnum),
  });
}

function describeEnum({ name, values }: ProtoEnum) {
  const aliases = new Set(values.map(({ number }) => number)).size < values.length;
  return create(EnumDescriptorProtoSchema, {
    name,
    value: [...values],
    ...(aliases ? { options: { allowAlias: true } } : {}),
  });
}

function describeMessage(message: ProtoMessage, scope: string, names: Names): DescriptorProto {
  const within = scope === '' ? message.name : `${scope}.${message.name}`;
  const oneofs = [...message.oneofs];
  const entries: DescriptorProto[] = [];
  const field = message.fields.map((one) => {
    const described = describeField(one, within, names);
    if (one.oneof !== null) described.oneofIndex = oneofs.indexOf(one.oneof);
    if (one.label === 'optional') {
      described.proto3Optional = true;
      described.oneofIndex = oneofs.push(`_${one.name}`) - 1;
    }
    if (one.mapKey !== null) {
      const entry = entryOf(one, within, names);
      entries.push(entry);
      described.type = Type.MESSAGE;
      described.typeName = `.${within}.${entry.name}`;
    }
    return described;
  });
  return create(DescriptorProtoSchema, {
    name: message.name,
    field,
    oneofDecl: oneofs.map((name) => ({ name })),
    nestedType: [...message.messages.map((one) => describeMessage(one, within, names)), ...entries],
    enumType: message.enums.map(describeEnum),
  });
}

/** A map is a repeated message of keys and values. */
function entryOf(field: ProtoField, scope: string, names: Names): DescriptorProto {
  const plain = { label: 'one', mapKey: null, oneof: null, jsonName: null, packed: null, line: field.line } as const;
  return create(DescriptorProtoSchema, {
    name: `${field.name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}Entry`,
    field: [
      describeField({ ...plain, name: 'key', number: 1, type: field.mapKey ?? '' }, scope, names),
      describeField({ ...plain, name: 'value', number: 2, type: field.type }, scope, names),
    ],
    options: { mapEntry: true },
  });
}

function describeField({ name, number, type, label, jsonName, packed, line }: ProtoField, scope: string, names: Names) {
  const scalar = SCALARS[type];
  const full = scalar === undefined ? resolveName(type, scope, names) : null;
  if (scalar === undefined && full === null) throw new ProtoError(`There is no type ${type}.`, line);
  return create(FieldDescriptorProtoSchema, {
    name,
    number,
    label: label === 'repeated' ? Label.REPEATED : Label.OPTIONAL,
    type: scalar ?? (names.get(full ?? '') === 'enum' ? Type.ENUM : Type.MESSAGE),
    typeName: full === null ? '' : `.${full}`,
    jsonName:
      jsonName ?? name.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase()).replace(/_+$/, ''),
    ...(packed === null ? {} : { options: { packed } }),
  });
}
