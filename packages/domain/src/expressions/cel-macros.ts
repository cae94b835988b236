import type { ASTNode } from '@marcbachmann/cel-js';
import { CelProblem, type CelScope, isNode } from './cel-scope.ts';
import {
  bool,
  CelFailure,
  type CelRun,
  type CelStep,
  type CelValue,
  isMap,
  keysOf,
  passOver,
  spend,
  typeName,
} from './cel-value.ts';

type MacroKind = 'all' | 'exists' | 'exists_one' | 'map' | 'filter';
const MACROS: ReadonlySet<string> = new Set<MacroKind>(['all', 'exists', 'exists_one', 'map', 'filter']);

/** Methods that compute something for every member of a list, or every key of a map. */
export function isMacro(name: string): name is MacroKind {
  return MACROS.has(name);
}

function countNodes(node: ASTNode): number {
  const parts: unknown[] = Array.isArray(node.args) ? node.args.flat() : [node.args];
  return parts.flat().reduce<number>((sum, part) => sum + (isNode(part) ? countNodes(part) : 0), 1);
}

function itemsOf(range: CelValue): readonly CelValue[] {
  if (Array.isArray(range)) return range;
  if (isMap(range)) return keysOf(range);
  throw new CelFailure(`Here a list or a map is needed, not ${typeName(range)}.`);
}

/** `exists` (with `decisive` true) and `all`: failures are kept for the end, as another member may decide. */
function quantify(
  decisive: boolean,
  items: readonly CelValue[],
  run: CelRun,
  fits: (item: CelValue) => boolean,
): boolean {
  let kept: CelFailure | null = null;
  for (const item of items) {
    try {
      if (fits(item) === decisive) return decisive;
    } catch (error) {
      const failure = passOver(error, run);
      kept ??= failure;
    }
  }
  if (kept !== null) throw kept;
  return !decisive;
}

/** `list.exists(x, …)` and its kin. Every member is paid with as many steps as what is computed for it has parts. */
export function compileMacro(
  kind: MacroKind,
  [receiver, name, ...rest]: readonly [ASTNode, ...ASTNode[]],
  scope: CelScope,
): CelStep {
  if (name?.op !== 'id') throw new CelProblem(`${kind}() begins with a name for the member.`, receiver.start);
  const range = scope.compile(receiver, scope);
  const slot = 1 + Math.max(-1, ...scope.locals.values());
  const inner: CelScope = { ...scope, locals: new Map([...scope.locals, [name.args, slot]]) };
  const [first = () => true, second = null] = rest.map((node) => scope.compile(node, inner));
  const price = rest.reduce((sum, node) => sum + countNodes(node), 1);
  const condition = kind === 'map' ? (second === null ? null : first) : first;
  const made = kind === 'map' ? (second ?? first) : (run: CelRun) => run.locals[slot];
  return (run) => {
    const items = itemsOf(range(run));
    spend(run, items.length * price);
    const fits = (item: CelValue): boolean => {
      run.locals[slot] = item;
      return condition === null || bool(condition(run));
    };
    if (kind === 'exists' || kind === 'all') return quantify(kind === 'exists', items, run, fits);
    const kept: CelValue[] = [];
    for (const item of items) if (fits(item)) kept.push(made(run));
    return kind === 'exists_one' ? kept.length === 1 : kept;
  };
}
