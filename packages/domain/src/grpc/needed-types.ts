import { create, type DescEnum, type DescMessage, toBinary } from '@bufbuild/protobuf';
import { type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** Every message and enum that values of some messages can hold, themselves included. */
export function reachable(from: readonly DescMessage[]): { messages: Set<DescMessage>; enums: Set<DescEnum> } {
  const messages = new Set<DescMessage>();
  const enums = new Set<DescEnum>();
  const open = [...from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (messages.has(next)) continue;
    messages.add(next);
    for (const field of next.fields) {
      if (field.message) open.push(field.message);
      if (field.enum) enums.add(field.enum);
    }
  }
  return { messages, enums };
}

const outermost = (name: string, inPackage: string): string =>
  (inPackage === '' ? name : name.slice(inPackage.length + 1)).split('.')[0] ?? '';

/** Descriptors of what some messages need, without the rest of their files: bytes of a `FileDescriptorSet`. */
export function neededDescriptors({ file: files }: FileDescriptorSet, from: readonly DescMessage[]): Uint8Array {
  const { messages, enums } = reachable(from);
  const wanted = new Set<string>();
  for (const { typeName, file } of [...messages, ...enums]) {
    wanted.add(`${file.proto.name}:${outermost(typeName, file.proto.package)}`);
  }
  const pruned = files.map((file) => ({
    ...file,
    messageType: file.messageType.filter(({ name }) => wanted.has(`${file.name}:${name}`)),
    enumType: file.enumType.filter(({ name }) => wanted.has(`${file.name}:${name}`)),
    service: [],
    extension: [],
  }));
  return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: pruned }));
}
