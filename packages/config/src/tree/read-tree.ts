import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Files of a repository by path relative to its root, `/`-separated. A value is a file's text. */
export type Tree = ReadonlyMap<string, string>;

const SKIPPED_FOLDERS = new Set(['node_modules', 'generated', 'coverage', 'test-results', 'playwright-report']);
const READ = /\.(?:[cm]?[jt]sx?|json|jsonc|md|mdx|ya?ml|prisma|sql|css|sh)$/;
/** Written by Next.js wherever it was last built or run. */
const SKIPPED_FILES = new Set(['next-env.d.ts']);
/** A data table of a megabyte is not source; its presence matters, its text does not. */
const MAX_TEXT_BYTES = 1_000_000;

/**
 * Reads the repository under `root`: the text of every source, document and manifest; other files are present with an
 * empty text. Installed packages, build output and generated code are left out; so are canaries, unless asked for.
 */
export function readTree(root: string, options: { readonly canaries?: boolean } = {}): Tree {
  const tree = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const absolute = join(folder, entry.name);
      if (entry.isDirectory()) {
        const hidden = entry.name.startsWith('.') && entry.name !== '.github' && entry.name !== '.ci';
        const skipped = SKIPPED_FOLDERS.has(entry.name) || (entry.name === 'canaries' && !options.canaries);
        if (!hidden && !skipped) walk(absolute);
      } else if (entry.isFile() && !SKIPPED_FILES.has(entry.name)) {
        const path = relative(root, absolute).split(sep).join('/');
        const text = READ.test(entry.name) && path !== 'package-lock.json' ? readFileSync(absolute, 'utf8') : '';
        tree.set(path, text.length > MAX_TEXT_BYTES ? '' : text);
      }
    }
  };
  walk(root);
  return tree;
}

/** Lays trees over one another; a later tree's file replaces an earlier one of the same path. */
export function layTrees(...trees: readonly Tree[]): Tree {
  return new Map(trees.flatMap((tree) => [...tree]));
}
