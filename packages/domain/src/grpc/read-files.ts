import { create, createFileRegistry, type FileRegistry } from '@bufbuild/protobuf';
import { type FileDescriptorProto, type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describeFile, KNOWN_FILES, type Names, namesOfKnown, namesOfParsed, resolveName } from './descriptors.ts';
import { type ProtoFile, type ProtoMethod, parseProto } from './parse-proto.ts';
import { ProtoError } from './proto-tokens.ts';

/** What is wrong, by the path of the field. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** A method with the full names of its messages. */
export interface FoundMethod extends ProtoMethod {
  /** `shop.v1.Orders/GetOrder`. */
  readonly fullName: string;
}

export interface ReadFiles {
  readonly registry: FileRegistry;
  readonly set: FileDescriptorSet;
  readonly methods: readonly FoundMethod[];
}

interface Parsed {
  readonly name: string;
  readonly file: ProtoFile;
}

/** Reads .proto files together, or tells what is wrong with them. */
export function readFiles(
  files: readonly { readonly name: string; readonly text: string }[],
): ReadFiles | readonly Issue[] {
  const issues: Issue[] = [];
  const attempt = <T>(at: number, work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ProtoError)) throw error;
      issues.push({ path: `protos.${at}.text`, message: `Line ${error.line}: ${error.message}` });
      return null;
    }
  };
  const parsed = files.flatMap(({ name, text }, at): Parsed[] => {
    const file = attempt(at, () => parseProto(text));
    return file === null ? [] : [{ name, file }];
  });
  if (issues.length > 0) return issues;
  const sorted = inOrder(parsed);
  if (!Array.isArray(sorted)) return [{ path: `protos.${sorted.at}.text`, message: sorted.message }];
  const names: Names = new Map();
  namesOfKnown(names);
  parsed.forEach(({ file }, at) => attempt(at, () => namesOfParsed(file, names)));
  if (issues.length > 0) return issues;
  const described = parsed.map(({ name, file }, at) => attempt(at, () => describeFile(name, file, names)));
  const methods = parsed.flatMap(({ file }, at) => attempt(at, () => methodsOf(file, names)) ?? []);
  if (issues.length > 0) return issues;
  const own = new Map(described.flatMap((one) => (one === null ? [] : [[one.name, one] as const])));
  const ordered = sorted.map((name) => own.get(name) as FileDescriptorProto);
  const set = create(FileDescriptorSetSchema, { file: [...knownFor(ordered), ...ordered] });
  try {
    return { registry: createFileRegistry(set), set, methods };
  } catch (error) {
    return [{ path: 'protos', message: `These files do not fit together: ${(error as Error).message}` }];
  }
}

function knownFor(files: readonly FileDescriptorProto[]): FileDescriptorProto[] {
  const used = new Set(files.flatMap(({ dependency }) => dependency));
  return [...KNOWN_FILES.values()].filter(({ name }) => used.has(name));
}

/** Names of files, each after those it imports. */
function inOrder(files: readonly Parsed[]): string[] | { at: number; message: string } {
  const order: string[] = [];
  const byName = new Map(files.map((one, at) => [one.name, { ...one, at }]));
  const open = new Set<string>();
  const visit = (name: string): { at: number; message: string } | null => {
    const found = byName.get(name);
    if (found === undefined || order.includes(name)) return null;
    if (open.has(name)) return { at: found.at, message: 'The file imports itself, by way of others.' };
    open.add(name);
    for (const { name: wanted, line } of found.file.imports) {
      const known =
        byName.has(wanted) || KNOWN_FILES.has(wanted) || /^google\/api\/(?:annotations|http)\.proto$/.test(wanted);
      if (!known) return { at: found.at, message: `Line ${line}: The file ${wanted} is not given.` };
      const wrong = visit(wanted);
      if (wrong !== null) return wrong;
    }
    open.delete(name);
    order.push(name);
    return null;
  };
  for (const { name } of files) {
    const wrong = visit(name);
    if (wrong !== null) return wrong;
  }
  return order;
}

function methodsOf({ packageName, services }: ProtoFile, names: Names): FoundMethod[] {
  return services.flatMap((service) => {
    const scope = packageName === '' ? service.name : `${packageName}.${service.name}`;
    return service.methods.map((method) => {
      const full = (type: string): string => {
        const found = resolveName(type, scope, names);
        if (found === null || names.get(found) !== 'message')
          throw new ProtoError(`There is no message ${type}.`, method.line);
        return found;
      };
      return { ...method, input: full(method.input), output: full(method.output), fullName: `${scope}/${method.name}` };
    });
  });
}
