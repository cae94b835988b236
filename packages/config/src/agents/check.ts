import { posix } from 'node:path';
import type { Violation } from '../boundaries/rule.ts';
import { ROOMS } from '../boundaries/table.ts';
import type { Tree } from '../tree/read-tree.ts';

const MAX_LINES = 100;
/** Documents whose paths and commands must exist; AGENTS.md files are found by name. */
const ALSO_READ: ReadonlySet<string> = new Set(['CONTRIBUTING.md', 'README.md']);
/** Made at run time, so named in documents and absent from a fresh clone. */
const MADE_LATER =
  /^(?:\.parley|node_modules|\.next|\.turbo|test-results|playwright-report)(?:\/|$)|\/generated(?:\/|$)/;
const ENDING = /\.(?:[cm]?[jt]sx?|jsonc?|md|ya?ml|prisma|sql|css|sh|tf)$/;

/**
 * Every room has an AGENTS.md of at most 100 lines; each path in backticks exists, from the document's folder or from the
 * root (`<name>` and `*` stand for any name); each `npm run x` is a script.
 */
export function checkAgents(tree: Tree): readonly Violation[] {
  const places = new Set<string>();
  for (const path of tree.keys()) {
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) places.add(parts.slice(0, depth).join('/'));
  }
  const scripts = readScripts(tree.get('package.json') ?? '{}');
  const found = missingDocuments(tree);
  for (const [path, text] of tree) {
    const isAgents = posix.basename(path) === 'AGENTS.md';
    if (path.includes('/canaries/') || (!isAgents && !ALSO_READ.has(path))) continue;
    const lines = text.trimEnd().split('\n');
    if (isAgents && lines.length > MAX_LINES) {
      const fix = `At most ${MAX_LINES} lines: say what lives here, what may not, how to add one more.`;
      found.push({ rule: 'agents-length', from: path, to: `${lines.length} lines`, fix });
    }
    lines.forEach((line, index) => {
      for (const [, token = ''] of line.matchAll(/`([^`]+)`/g)) {
        const at = { from: `${path}:${index + 1}`, to: token };
        if (isPath(token) && !exists(token, posix.dirname(path), places)) {
          found.push({ rule: 'agents-path', ...at, fix: 'Nothing is at this path: correct it or remove it.' });
        }
        const script = /^npm run ([\w:-]+)/.exec(token)?.[1];
        if (script !== undefined && !scripts.has(script)) {
          found.push({ rule: 'agents-command', ...at, fix: `package.json has no script "${script}".` });
        }
      }
    });
  }
  return found;
}

function missingDocuments(tree: Tree): Violation[] {
  return Object.values(ROOMS)
    .filter(({ folder }) => tree.has(`${folder}/package.json`) && !tree.has(`${folder}/AGENTS.md`))
    .map(({ folder }) => ({
      rule: 'agents-missing',
      from: folder,
      to: 'AGENTS.md',
      fix: 'Write it, at most 100 lines: what lives here, what may not, how to add one more.',
    }));
}

function readScripts(manifest: string): ReadonlySet<string> {
  const parsed: unknown = JSON.parse(manifest);
  const scripts: unknown = typeof parsed === 'object' && parsed !== null && 'scripts' in parsed ? parsed.scripts : {};
  return new Set(Object.keys(scripts ?? {}));
}

/** A token is a path if it has a slash or a known ending, and is no URL, route, package name or expression. */
function isPath(token: string): boolean {
  if (token.startsWith('*') || !/^[\w.@[\](){},*<>/-]+$/.test(token) || /^[/@]|\(\)$|:\/\//.test(token)) return false;
  const path = token.replace(/^\.\//, '');
  if (MADE_LATER.test(path)) return false;
  return ENDING.test(path) || (path.includes('/') && /^[\w.-]+\/[^ ]*$/.test(path) && !/^\d/.test(path));
}

/** Tries the token as a pattern from `folder` and from the root; a bare name may lie anywhere. */
function exists(token: string, folder: string, places: ReadonlySet<string>): boolean {
  const clean = token.replace(/^\.\//, '').replace(/\/$/, '');
  if (!clean.includes('/') && [...places].some((place) => posix.basename(place) === clean)) return true;
  return [posix.normalize(posix.join(folder, clean)), posix.normalize(clean)].some((path) => {
    if (places.has(path)) return true;
    if (!/[<*{]/.test(path)) return false;
    const pattern = new RegExp(
      `^${path
        .replaceAll(/[.+?^$()|[\]\\]/g, '\\$&')
        .replaceAll(/\{([^}]+)\}/g, (_, names: string) => `(?:${names.replaceAll(',', '|')})`)
        .replaceAll('**', '\u0000')
        .replaceAll(/<[^>]+>|\*/g, '[^/]+')
        .replaceAll('\u0000', '.+')}$`,
    );
    return [...places].some((place) => pattern.test(place));
  });
}
