import { posix } from 'node:path';
import { type CallExpression, type ObjectExpression, Visitor } from 'oxc-parser';
import { readImports } from '../boundaries/read-imports.ts';
import type { Violation } from '../boundaries/rule.ts';
import { isTestFile } from '../boundaries/table.ts';
import { type ParsedFile, parseFile } from '../tree/parse-file.ts';
import type { Tree } from '../tree/read-tree.ts';

const SERVICES = 'packages/services/src/';
/** Defines the ritual; calling it proves nothing about the caller. */
const RITUAL = `${SERVICES}verb.ts`;
const REGISTRY = `${SERVICES}registry.ts`;
const WRITES: ReadonlySet<string> = new Set([
  'create',
  'createMany',
  'createManyAndReturn',
  'update',
  'updateMany',
  'updateManyAndReturn',
  'upsert',
  'delete',
  'deleteMany',
  '$executeRaw',
]);

/** Write verbs that leave no audit record, and why; `noun.*` stands for all of a noun. */
const UNAUDITED: Readonly<Record<string, string>> = {
  'people.*': 'a person belongs to no tenant, so there is no log to write to',
  'apiVersions.explain':
    'a question to the gateway that changes nothing; a write because it is too long for an address',
  'models.previewRequest': 'it changes nothing; a write because a conversation is too long for an address',
  'prompts.preview': 'it changes nothing; a write because a prompt is too long for an address',
  'guardrails.try': 'it changes nothing; a write because texts and settings are too long for an address',
  'policies.tryMapping': 'a question to the gateway that changes nothing; a write because it carries a body',
  'plans.simulatePrice': 'it changes nothing; a write because a price is too long for an address',
  'notifications.*': "reading marks of a person's own inbox",
};

/**
 * The ritual of services: `<noun>/<verb>.ts` defines one verb with `defineVerb`, exports it alone, and is named after it;
 * the registry lists it; a write verb audits; a read verb writes nothing.
 */
export function checkVerbs(tree: Tree): readonly Violation[] {
  const registry = tree.get(REGISTRY) ?? '';
  return [...tree].flatMap(([path, text]) => {
    const [noun, file, ...deeper] = path.startsWith(SERVICES) ? path.slice(SERVICES.length).split('/') : [];
    if (noun === undefined || file === undefined || deeper.length > 0) return [];
    if (!file.endsWith('.ts') || isTestFile(path) || !text.includes('defineVerb(')) return [];
    return judge(path, noun, file.slice(0, -'.ts'.length), parseFile(path, text), { tree, registry });
  });
}

function judge(
  path: string,
  noun: string,
  file: string,
  parsed: ParsedFile,
  { tree, registry }: { tree: Tree; registry: string },
): readonly Violation[] {
  const seen = survey(parsed);
  const broken: Violation[] = [];
  const say = (rule: string, to: string, fix: string): void => {
    broken.push({ rule, from: path, to, fix });
  };
  const [spec] = seen.specs;
  const [exported] = seen.valueExports;
  const name = spec === undefined ? undefined : textOf(spec, 'name');
  const kind = spec === undefined ? undefined : textOf(spec, 'kind');
  const wanted = `${camel(noun)}.${camel(file)}`;

  if (seen.specs.length !== 1 || seen.valueExports.length !== 1) {
    const found = `${seen.specs.length} verbs, exports ${seen.valueExports.join(', ') || 'nothing'}`;
    say('verb-alone', found, 'One file defines one verb with defineVerb({…}) and exports nothing else but types.');
  } else if (name !== undefined && name !== wanted) {
    say('verb-name', name, `The file says ${wanted}: give the verb that name, or the file the verb's name.`);
  } else if (!saysAll(exported ?? '', file)) {
    say(
      'verb-export',
      exported ?? '',
      `Name the exported verb after its file: ${camel(file)} or ${camel(file)}<Noun>.`,
    );
  }
  const audited = wanted in UNAUDITED || `${camel(noun)}.*` in UNAUDITED || audits(path, tree);
  if (kind === 'write' && !audited) {
    say('verb-audit', wanted, 'A write verb records what it did: call work.audit({…}) once per change.');
  }
  const write = [...seen.calls].find((call) => WRITES.has(call));
  if (kind === 'read' && write !== undefined) {
    say('verb-read-only', write, "A read verb changes nothing: make it kind 'write', with its audit record.");
  }
  if (!registry.includes(`./${noun}/${file}.ts`)) {
    say('verb-registered', wanted, `List it in ${REGISTRY}: a verb that is not there does not exist for scripts.`);
  }
  return broken;
}

/** True where the file records an audit entry, itself or through a file of services that it imports and is no verb. */
function audits(path: string, tree: Tree, seen: Set<string> = new Set()): boolean {
  const text = tree.get(path);
  if (text === undefined || path === RITUAL || seen.has(path)) return false;
  seen.add(path);
  if (survey(parseFile(path, text)).calls.has('audit')) return true;
  return readImports(path, text)
    .imports.filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
    .map(({ specifier }) => posix.join(posix.dirname(path), specifier))
    .some((next) => next.startsWith(SERVICES) && !tree.get(next)?.includes('defineVerb(') && audits(next, tree, seen));
}

interface Survey {
  readonly specs: readonly ObjectExpression[];
  readonly valueExports: readonly string[];
  /** Names of all functions and methods called. */
  readonly calls: ReadonlySet<string>;
}

function survey(parsed: ParsedFile): Survey {
  const specs: ObjectExpression[] = [];
  const valueExports: string[] = [];
  const calls = new Set<string>();
  new Visitor({
    CallExpression(node) {
      calls.add(calleeName(node) ?? '');
      const [first] = node.arguments;
      if (calleeName(node) === 'defineVerb' && first?.type === 'ObjectExpression') specs.push(first);
    },
    TaggedTemplateExpression({ tag }) {
      if (tag.type === 'MemberExpression' && !tag.computed) calls.add(tag.property.name);
    },
    ExportNamedDeclaration(node) {
      if (node.exportKind === 'type' || node.declaration?.type.startsWith('TS')) return;
      if (node.declaration?.type === 'VariableDeclaration') {
        for (const { id } of node.declaration.declarations)
          valueExports.push(id.type === 'Identifier' ? id.name : id.type);
      } else valueExports.push(node.declaration?.type ?? 'a list');
    },
    ExportDefaultDeclaration() {
      valueExports.push('default');
    },
  }).visit(parsed.program);
  return { specs, valueExports, calls };
}

function calleeName({ callee }: CallExpression): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  return callee.type === 'MemberExpression' && !callee.computed ? callee.property.name : undefined;
}

/** The text of a string property of an object literal. */
function textOf(object: ObjectExpression, key: string): string | undefined {
  for (const property of object.properties) {
    if (property.type !== 'Property' || property.key.type !== 'Identifier' || property.key.name !== key) continue;
    return property.value.type === 'Literal' && typeof property.value.value === 'string'
      ? property.value.value
      : undefined;
  }
  return undefined;
}

/** True where an identifier holds the words of a file name in their order: `createApiVersion` for `create-version`. */
function saysAll(identifier: string, file: string): boolean {
  const words = identifier.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  let from = 0;
  return file.split('-').every((word) => {
    from = words.indexOf(word, from) + 1;
    return from > 0;
  });
}

/** `create-version` → `createVersion`. */
const camel = (kebab: string): string => kebab.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
