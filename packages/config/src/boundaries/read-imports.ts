import { type MemberExpression, type Node, Visitor } from 'oxc-parser';
import { parseFile } from '../tree/parse-file.ts';

/** One place where a file names another module. */
export interface Import {
  readonly specifier: string;
  /** True where the import is erased before the code runs (`import type`, `import('x').T`). */
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface FileFacts {
  readonly imports: readonly Import[];
  /** Lines with `export * from`. */
  readonly exportStars: readonly number[];
  /** Each read of the environment; `key` is null where the whole object or a computed key is read. */
  readonly envReads: readonly { readonly line: number; readonly key: string | null }[];
}

/** What one source file imports, re-exports and reads from the environment. Throws where the file cannot be parsed. */
export function readImports(path: string, text: string): FileFacts {
  const file = parseFile(path, text);
  const imports: Import[] = [];
  const exportStars: number[] = [];
  const envReads: { line: number; key: string | null }[] = [];
  const add = (specifier: string, typeOnly: boolean, offset: number): void => {
    imports.push({ specifier, typeOnly, line: file.lineOf(offset) });
  };
  const readsEnv = (offset: number, key: string | null): void => {
    envReads.push({ line: file.lineOf(offset), key });
  };
  const envKeys = new Map<number, string>();

  new Visitor({
    ImportDeclaration(node) {
      const named = node.specifiers.filter((one) => one.type === 'ImportSpecifier');
      const allTypes =
        node.specifiers.length > 0 &&
        named.length === node.specifiers.length &&
        named.every((one) => one.importKind === 'type');
      add(node.source.value, node.importKind === 'type' || allTypes, node.start);
      const fromProcess = node.source.value === 'process' || node.source.value === 'node:process';
      const takesEnv = named.some((one) => one.imported.type === 'Identifier' && one.imported.name === 'env');
      if (fromProcess && takesEnv) readsEnv(node.start, null);
    },
    ExportNamedDeclaration(node) {
      if (node.source === null) return;
      const allTypes = node.specifiers.length > 0 && node.specifiers.every((one) => one.exportKind === 'type');
      add(node.source.value, node.exportKind === 'type' || allTypes, node.start);
    },
    ExportAllDeclaration(node) {
      add(node.source.value, node.exportKind === 'type', node.start);
      if (node.exported === null) exportStars.push(file.lineOf(node.start));
    },
    ImportExpression(node) {
      const literal = literalText(node.source);
      if (literal !== undefined) add(literal, false, node.start);
    },
    TSImportType(node) {
      add(node.source.value, true, node.start);
    },
    CallExpression(node) {
      const [first] = node.arguments;
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'require' || first === undefined) return;
      const literal = literalText(first);
      if (literal !== undefined) add(literal, false, node.start);
    },
    MemberExpression(node) {
      if (isEnv(node.object)) envKeys.set(node.object.start, propertyName(node) ?? '');
      if (isEnv(node)) readsEnv(node.start, envKeys.get(node.start) || null);
    },
    VariableDeclarator(node) {
      if (node.id.type !== 'ObjectPattern' || node.init === null || !isProcess(node.init)) return;
      const takesEnv = node.id.properties.some(
        (one) => one.type === 'Property' && one.key.type === 'Identifier' && one.key.name === 'env',
      );
      if (takesEnv) readsEnv(node.start, null);
    },
  }).visit(file.program);
  return { imports, exportStars, envReads };
}

function propertyName(node: MemberExpression): string | undefined {
  if (!node.computed) return node.property.name;
  return literalText(node.property);
}

/** `process`, `globalThis.process`, `global.process`. */
function isProcess(node: Node): boolean {
  if (node.type === 'MemberExpression') return propertyName(node) === 'process';
  return node.type === 'Identifier' && node.name === 'process';
}

function isEnv(node: Node): boolean {
  return node.type === 'MemberExpression' && propertyName(node) === 'env' && isProcess(node.object);
}

function literalText(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type !== 'TemplateLiteral' || node.quasis.length !== 1) return undefined;
  return node.quasis[0]?.value.cooked ?? undefined;
}
