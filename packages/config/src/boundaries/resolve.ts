import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { Tree } from '../tree/read-tree.ts';
import { ROOMS } from './table.ts';

/** Where an import leads. */
export type Target =
  | { readonly kind: 'file'; readonly path: string }
  /** A workspace package through its exports; `path` is null where the subpath is not exported or has no file. */
  | { readonly kind: 'room'; readonly room: string; readonly subpath: string; readonly path: string | null }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'builtin' }
  | { readonly kind: 'missing' };

const SCOPE = '@parley/';
const BUILTIN = new Set(builtinModules);
const ENDINGS = ['', '.ts', '.tsx', '.mts', '.mjs', '.js', '/index.ts', '/index.tsx'];

/** Returns a function that tells where a specifier in a file leads, by the tree alone (nothing is read from disk). */
export function createResolver(tree: Tree): (from: string, specifier: string) => Target {
  const aliases = readAliases(tree);
  const exportsOf = new Map<string, ReadonlyMap<string, string>>();
  for (const [name, room] of Object.entries(ROOMS)) exportsOf.set(name, readExports(tree, room.folder));

  const fileAt = (path: string): Target => {
    const clean = posix.normalize(path);
    if (clean.includes('/generated/')) return { kind: 'file', path: clean };
    const found = ENDINGS.map((ending) => clean + ending).find((candidate) => tree.has(candidate));
    return found === undefined ? { kind: 'missing' } : { kind: 'file', path: found };
  };

  return (from, specifier) => {
    if (specifier.startsWith('.')) return fileAt(posix.join(posix.dirname(from), specifier));
    if (specifier.startsWith('node:') || BUILTIN.has(specifier)) return { kind: 'builtin' };
    if (specifier.startsWith(SCOPE)) return roomTarget(specifier, exportsOf, tree);
    const alias = aliases.find((one) => from.startsWith(one.folder) && specifier.startsWith(one.prefix));
    if (alias !== undefined) return fileAt(alias.target + specifier.slice(alias.prefix.length));
    return { kind: 'package', name: packageName(specifier) };
  };
}

function packageName(specifier: string): string {
  const [first = '', second] = specifier.split('/');
  return first.startsWith('@') && second !== undefined ? `${first}/${second}` : first;
}

function roomTarget(
  specifier: string,
  exportsOf: ReadonlyMap<string, ReadonlyMap<string, string>>,
  tree: Tree,
): Target {
  const [room = '', ...rest] = specifier.slice(SCOPE.length).split('/');
  const subpath = rest.join('/');
  const key = subpath === '' ? '.' : `./${subpath}`;
  for (const [pattern, file] of exportsOf.get(room) ?? []) {
    const [head = '', tail] = pattern.split('*');
    const fits = tail === undefined ? key === pattern : key.startsWith(head) && key.endsWith(tail);
    if (!fits) continue;
    const middle = tail === undefined ? '' : key.slice(head.length, key.length - tail.length);
    const path = file.replace('*', middle);
    if (tree.has(path)) return { kind: 'room', room, subpath, path };
  }
  return { kind: 'room', room, subpath, path: null };
}

/** The `exports` of a package as pattern → file path from the root, in the order written (Node's package entry points). */
function readExports(tree: Tree, folder: string): ReadonlyMap<string, string> {
  const manifest: unknown = JSON.parse(tree.get(`${folder}/package.json`) || '{}');
  const found = new Map<string, string>();
  if (!isRecord(manifest)) return found;
  const entries = typeof manifest.exports === 'string' ? { '.': manifest.exports } : manifest.exports;
  if (!isRecord(entries)) return found;
  for (const [pattern, value] of Object.entries(entries)) {
    const file = firstFile(value);
    if (file !== undefined) found.set(pattern, posix.join(folder, file));
  }
  return found;
}

function firstFile(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!isRecord(value)) return undefined;
  for (const [condition, nested] of Object.entries(value)) {
    const file = condition === 'types' ? undefined : firstFile(nested);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** Path aliases (`paths` of a room's tsconfig.json, one trailing `*`). */
function readAliases(tree: Tree): readonly { folder: string; prefix: string; target: string }[] {
  return Object.values(ROOMS).flatMap(({ folder }) => {
    const config: unknown = JSON.parse(tree.get(`${folder}/tsconfig.json`) || '{}');
    const options = isRecord(config) ? config.compilerOptions : undefined;
    const paths = isRecord(options) ? options.paths : undefined;
    if (!isRecord(paths)) return [];
    return Object.entries(paths).flatMap(([pattern, targets]) => {
      const target: unknown = Array.isArray(targets) ? targets[0] : undefined;
      if (typeof target !== 'string') return [];
      return [
        {
          folder: `${folder}/`,
          prefix: pattern.replace('*', ''),
          target: `${posix.join(folder, target.replace('*', ''))}`,
        },
      ];
    });
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
