import { type CallExpression, type ObjectExpression, Visitor } from 'oxc-parser';
import type { Violation } from '../boundaries/rule.ts';
import { isTestFile } from '../boundaries/table.ts';
import { type ParsedFile, parseFile } from '../tree/parse-file.ts';
import type { Tree } from '../tree/read-tree.ts';

const SERVICES = 'packages/services/src/';
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
    return judge(path, noun, file.slice(0, -'.ts'.length), parseFile(path, text), registry);
  });
}

function judge(path: string, noun: string, file: string, parsed: ParsedFile, registry: string): readonly Violation[] {
  const seen = survey(parsed);
  const broken: Violation[] = [];
  const say = (rule: string, to: string, fix: string): void => {
    broken.push({ rule, from: path, to, fix });
  };
  const [spec] = seen.specs;
  const name = spec === undefined ? undefined : textOf(spec, 'name');
  const kind = spec === undefined ? undefined : textOf(spec, 'kind');
  const wanted = `${camel(noun)}.${camel(file)}`;

  if (seen.specs.length !== 1 || seen.valueExports.length !== 1) {
    const found = `${seen.specs.length} verbs, exports ${seen.valueExports.join(', ') || 'nothing'}`;
    say('verb-alone', found, 'One file defines one verb with defineVerb({…}) and exports nothing else but types.');
  } else if (name !== undefined && name !== wanted) {
    say('verb-name', name, `The file says ${wanted}: give the verb that name, or the file the verb's name.`);
  }
  if (kind === 'write' && !seen.calls.has('audit')) {
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

/** `create-version` → `createVersion`. */
const camel = (kebab: string): string => kebab.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
