import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const IGNORED = new Set(['node_modules', '.next', '.turbo', 'generated', 'test-results']);
const TEST = /\.(test|suite)\.tsx?$|\.md$|\.tsbuildinfo$|^next-env\.d\.ts$/;

/** One hash over names and contents of the files below these paths, tests and documents left out. Missing paths count. */
export function hashOf(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesBelow(join(root, path))) {
      hash
        .update(`${relative(root, file)}\0`)
        .update(readFileSync(file))
        .update('\0');
    }
    hash.update(`${path}\0`);
  }
  return hash.digest('hex');
}

function filesBelow(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  if (found.isFile()) return [path];
  return readdirSync(path)
    .sort()
    .filter((name) => !IGNORED.has(name) && !TEST.test(name))
    .flatMap((name) => filesBelow(join(path, name)));
}
