import type { ASTNode } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { type CelFunction, FUNCTIONS, METHODS } from './cel-functions.ts';
import { compileMacro, isMacro } from './cel-macros.ts';
import { BINARY, member, negative } from './cel-operators.ts';
import { CelProblem, type CelScope, isNode } from './cel-scope.ts';
import {
  bool,
  CelFailure,
  type CelStep,
  type CelValue,
  isMap,
  lookUp,
  passOver,
  spend,
  typeName,
} from './cel-value.ts';

/** A regex is not asked about longer texts. */
const LONGEST_MATCHED = 1024;

/** `request.method` of a chain of names; `null` for anything else. */
function dotted(node: ASTNode): string | null {
  if (node.op === 'id') return node.args;
  if (node.op !== '.') return null;
  const before = dotted(node.args[0]);
  return before === null ? null : `${before}.${node.args[1]}`;
}

function variable(node: ASTNode, scope: CelScope): string | null {
  const name = dotted(node);
  if (name === null || scope.locals.has(name.split('.', 1)[0] ?? '')) return null;
  return scope.variables.has(name) ? name : null;
}

function readVariable(name: string, scope: CelScope): CelStep {
  scope.uses.add(name);
  return (run) => {
    const value = run.read(name);
    if (value === undefined) throw new CelFailure(`${name} is not there in this call.`);
    return value;
  };
}

function compileName(node: Extract<ASTNode, { op: 'id' }>, scope: CelScope): CelStep {
  const slot = scope.locals.get(node.args);
  if (slot !== undefined) return (run) => run.locals[slot];
  const members = [...scope.variables].filter((name) => name.startsWith(`${node.args}.`));
  throw new CelProblem(`“${node.args}” alone has no value: say one of ${members.join(', ')}.`, node.start);
}

/** `||` (with `decisive` true) and `&&`: a side that decides wins over a failure of the other, as CEL says. */
function logical(decisive: boolean, left: CelStep, right: CelStep): CelStep {
  return (run) => {
    let failure: CelFailure | null = null;
    try {
      if (bool(left(run)) === decisive) return decisive;
    } catch (error) {
      failure = passOver(error, run);
    }
    const other = bool(right(run));
    if (other !== decisive && failure !== null) throw failure;
    return other;
  };
}

function compileHas(argument: ASTNode | undefined, scope: CelScope, at: number): CelStep {
  if (argument?.op !== '.') throw new CelProblem('has() asks for a field: has(request.body.amount).', at);
  const name = variable(argument, scope);
  if (name !== null) {
    scope.uses.add(name);
    return (run) => run.read(name) !== undefined;
  }
  const [of, field] = argument.args;
  const owner = compileNode(of, scope);
  return (run) => {
    const value = owner(run);
    return isMap(value) && lookUp(value, field) !== undefined;
  };
}

function compileMatches(receiver: ASTNode, pattern: ASTNode | undefined, scope: CelScope): CelStep {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') {
    throw new CelProblem('The pattern of matches() has to be written out as a text.', pattern?.start ?? receiver.start);
  }
  const subject = compileNode(receiver, scope);
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern.args);
  } catch {
    throw new CelProblem('This is no regular expression of RE2’s syntax.', pattern.start);
  }
  return (run) => {
    const text = subject(run);
    if (typeof text !== 'string') throw new CelFailure(`matches() does not take ${typeName(text)}.`);
    if (text.length > LONGEST_MATCHED) throw new CelFailure(`matches() takes at most ${LONGEST_MATCHED} characters.`);
    spend(run, text.length);
    return compiled.matcher(text).find();
  };
}

interface Call {
  readonly name: string;
  readonly args: readonly ASTNode[];
  readonly at: number;
}

function compileMethod([name, receiver, args]: [string, ASTNode, ASTNode[]], scope: CelScope, at: number): CelStep {
  if (name === 'matches') return compileMatches(receiver, args[0], scope);
  if (isMacro(name)) return compileMacro(name, [receiver, ...args], scope);
  return compileCall(METHODS, { name, args: [receiver, ...args], at }, scope);
}

function compileCall(table: Readonly<Record<string, CelFunction>>, call: Call, scope: CelScope): CelStep {
  const called = Object.hasOwn(table, call.name) ? table[call.name] : undefined;
  if (called === undefined) throw new CelProblem(`${call.name}() is no function that can be used here.`, call.at);
  const steps = call.args.map((node) => compileNode(node, scope));
  return (run) =>
    called(
      steps.map((step) => step(run)),
      run,
    );
}

function compileMap(entries: readonly (readonly [ASTNode, ASTNode])[], scope: CelScope): CelStep {
  const steps = entries.map(([key, value]) => [compileNode(key, scope), compileNode(value, scope)] as const);
  return (run) => {
    const made = new Map<string, CelValue>();
    for (const [key, value] of steps) {
      const name = key(run);
      if (typeof name !== 'string') throw new CelFailure(`The keys of a map are strings here, not ${typeName(name)}.`);
      made.set(name, value(run));
    }
    return made;
  };
}

function compileLiteral(node: Extract<ASTNode, { op: 'value' }>): CelStep {
  const value = node.args;
  if (value !== null && typeof value === 'object') {
    throw new CelProblem('Bytes and unsigned numbers cannot be used here.', node.start);
  }
  return () => value;
}

/** Turns a checked expression into a function; throws {@link CelProblem} for what it may not contain. */
export function compileNode(node: ASTNode, scope: CelScope): CelStep {
  const name = variable(node, scope);
  if (name !== null) return readVariable(name, scope);
  switch (node.op) {
    case 'value':
      return compileLiteral(node);
    case 'id':
      return compileName(node, scope);
    case '.': {
      const [of, field] = node.args;
      const owner = compileNode(of, scope);
      return (run) => member(owner(run), field);
    }
    case '[]': {
      const [owner, key] = [compileNode(node.args[0], scope), compileNode(node.args[1], scope)];
      return (run) => member(owner(run), key(run));
    }
    case 'call': {
      const [called, args] = node.args;
      if (called === 'has') return compileHas(args[0], scope, node.start);
      return compileCall(FUNCTIONS, { name: called, args, at: node.start }, scope);
    }
    case 'rcall':
      return compileMethod(node.args, scope, node.start);
    case 'list': {
      const steps = node.args.map((item) => compileNode(item, scope));
      return (run) => steps.map((step) => step(run));
    }
    case 'map':
      return compileMap(node.args, scope);
    case '?:': {
      const [condition, then, otherwise] = node.args.map((part) => compileNode(part, scope)) as [
        CelStep,
        CelStep,
        CelStep,
      ];
      return (run) => (bool(condition(run)) ? then(run) : otherwise(run));
    }
    case '||':
    case '&&':
      return logical(node.op === '||', compileNode(node.args[0], scope), compileNode(node.args[1], scope));
    case '!_': {
      const operand = compileNode(node.args, scope);
      return (run) => !bool(operand(run));
    }
    case '-_': {
      const operand = compileNode(node.args, scope);
      return (run) => negative(operand(run));
    }
    default:
      return compileBinary(node, scope);
  }
}

function compileBinary(node: ASTNode, scope: CelScope): CelStep {
  const operation = Object.hasOwn(BINARY, node.op) ? BINARY[node.op] : undefined;
  const parts: readonly unknown[] = Array.isArray(node.args) ? node.args : [];
  const [left, right] = parts;
  if (operation === undefined || !isNode(left) || !isNode(right)) {
    throw new CelProblem(`“${node.op}” cannot be used here.`, node.start);
  }
  const [a, b] = [compileNode(left, scope), compileNode(right, scope)];
  return (run) => operation(a(run), b(run), run);
}
