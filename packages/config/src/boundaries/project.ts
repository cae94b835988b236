import type { Tree } from '../tree/read-tree.ts';
import { type Import, readImports } from './read-imports.ts';
import { createResolver, type Target } from './resolve.ts';

/** An import with the place it leads to. */
export interface Edge extends Import {
  readonly target: Target;
}

export interface SourceFile {
  readonly path: string;
  readonly edges: readonly Edge[];
  readonly exportStars: readonly number[];
  readonly envReads: readonly { readonly line: number; readonly key: string | null }[];
}

/** A repository as the rules see it: every source file with its resolved imports. */
export interface Project {
  readonly tree: Tree;
  readonly files: ReadonlyMap<string, SourceFile>;
}

const SOURCE = /\.[cm]?[jt]sx?$/;

/** Parses every source of the tree and resolves its imports. */
export function openProject(tree: Tree): Project {
  const resolve = createResolver(tree);
  const files = new Map<string, SourceFile>();
  for (const [path, text] of tree) {
    if (!SOURCE.test(path)) continue;
    const facts = readImports(path, text);
    const edges = facts.imports.map((one) => ({ ...one, target: resolve(path, one.specifier) }));
    files.set(path, { path, edges, exportStars: facts.exportStars, envReads: facts.envReads });
  }
  return { tree, files };
}
