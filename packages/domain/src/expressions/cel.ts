import { Environment } from '@marcbachmann/cel-js';
import { compileNode } from './cel-compile.ts';
import { CelProblem } from './cel-scope.ts';
import { asJson, CelFailure, type CelRun, type CelStep, type CelValue } from './cel-value.ts';

/** Bounds of an expression's text and shape, and of one evaluation; see docs/expressions.md. */
export const CEL_LIMITS = { characters: 2000, nodes: 400, depth: 24, steps: 50_000 } as const;

/** CEL's types a variable may be declared with; `dyn` is anything JSON has. */
export type CelType = 'string' | 'bool' | 'int' | 'double' | 'dyn' | 'list<string>' | 'map<string, string>';

/** Variables by full name: `plan`, or one field of a thing, `request.method`. */
export type CelVariables = Readonly<Record<string, CelType>>;

/** Where an evaluation reads its variables, by full name; `undefined` for what this call does not have. */
export type CelFacts = (name: string) => CelValue;

export type CelOutcome =
  | { readonly ok: true; readonly value: CelValue }
  | { readonly ok: false; readonly problem: string };

/** A compiled expression. Evaluating never throws, and takes bounded time whatever the values. */
export interface CelExpression {
  /** Variables it reads. */
  readonly uses: ReadonlySet<string>;
  /** The value as JSON has it; for an expression declared `bool`, true or false. */
  evaluate(facts: CelFacts): CelOutcome;
}

export type CelCompiled =
  | { readonly ok: true; readonly expression: CelExpression }
  /** Lines and columns count from 1. */
  | { readonly ok: false; readonly message: string; readonly line: number; readonly column: number };

/** What may be written with which variables. Make it once. */
export class CelLanguage {
  readonly #names: ReadonlySet<string>;
  readonly #environment: Environment;

  constructor(variables: CelVariables) {
    this.#names = new Set(Object.keys(variables));
    const { nodes, depth } = CEL_LIMITS;
    this.#environment = new Environment({
      homogeneousAggregateLiterals: false,
      limits: { maxAstNodes: nodes, maxDepth: depth, maxListElements: 200, maxMapEntries: 100, maxCallArguments: 4 },
    });
    const schemas = new Map<string, Record<string, string>>();
    for (const [name, type] of Object.entries(variables)) {
      const [thing = name, field] = name.split('.');
      if (field === undefined) this.#environment.registerVariable(name, type);
      else schemas.set(thing, { ...schemas.get(thing), [field]: type });
    }
    for (const [name, schema] of schemas) this.#environment.registerVariable({ name, schema });
  }

  /**
   * Compiles an expression: syntax, names, types and patterns are checked here. What is declared `bool` has to be true or
   * false. Never throws; a problem says where it is.
   */
  compile(source: string, result: 'bool' | 'any'): CelCompiled {
    if (source.length > CEL_LIMITS.characters) {
      return problem(source, `An expression has at most ${CEL_LIMITS.characters} characters.`, CEL_LIMITS.characters);
    }
    try {
      const parsed = this.#environment.parse(source);
      const { type, error, valid } = parsed.check();
      if (!valid) return this.#explain(source, error);
      if (result === 'bool' && type !== 'bool' && type !== 'dyn') {
        return problem(source, `The expression has to be true or false; this one is of the type ${type}.`, 0);
      }
      const uses = new Set<string>();
      const step = compileNode(parsed.ast, { variables: this.#names, uses, locals: new Map(), compile: compileNode });
      return { ok: true, expression: { uses, evaluate: (facts) => evaluate(step, facts, result) } };
    } catch (error) {
      return this.#explain(source, error);
    }
  }

  #explain(source: string, error: unknown): CelCompiled {
    if (error instanceof CelProblem) return problem(source, error.message, error.at);
    const { summary, message, code, range } = errorParts(error);
    if (code === 'unknown_variable') {
      const known = [...this.#names].join(', ');
      return problem(source, `There is no variable of that name. There are: ${known}.`, range);
    }
    return problem(source, `This is no CEL expression: ${summary ?? message}.`, range);
  }
}

/** The parser's errors carry where they are; others (a stack that ran out) do not. */
function errorParts(error: unknown): { summary: string | null; message: string; code: string; range: number } {
  if (!(error instanceof Error)) return { summary: null, message: String(error), code: '', range: 0 };
  const { summary, code, range } = error as Error & { summary?: string; code?: string; range?: { start: number } };
  return { summary: summary ?? null, message: error.message, code: code ?? '', range: range?.start ?? 0 };
}

function problem(source: string, message: string, at: number): CelCompiled {
  const before = source.slice(0, at).split('\n');
  return { ok: false, message, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function evaluate(step: CelStep, read: CelFacts, result: 'bool' | 'any'): CelOutcome {
  const run: CelRun = { left: CEL_LIMITS.steps, read, locals: [] };
  try {
    const value = step(run);
    if (result === 'any') return { ok: true, value: asJson(value, run) };
    if (typeof value === 'boolean') return { ok: true, value };
    return { ok: false, problem: 'The expression is neither true nor false for this call.' };
  } catch (error) {
    if (error instanceof CelFailure) return { ok: false, problem: error.message };
    // Values nested deeper than the stack: JSON of a caller can be.
    if (error instanceof RangeError) return { ok: false, problem: 'The values are nested too deeply.' };
    throw error;
  }
}
