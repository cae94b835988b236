import jsonata from 'jsonata';
import { linearPattern, linearRegex, type TimeBox } from './linear-regex.ts';

/** Bounds of what one evaluation may build and how deep it may go; docs/mappings.md names them. */
export const EXPRESSION_LIMITS = { depth: 400, items: 100_000, paddedCharacters: 100_000 } as const;

export interface ExpressionProblem {
  readonly message: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

type Node = { readonly type?: unknown; readonly value?: unknown; readonly position?: unknown };

/** Every node of a parsed expression. */
function* nodesOf(root: unknown, seen = new Set<object>()): Generator<Node> {
  if (typeof root !== 'object' || root === null || root instanceof RegExp || seen.has(root)) return;
  seen.add(root);
  if ('type' in root) yield root;
  for (const part of Object.values(root)) yield* nodesOf(part, seen);
}

function nodeProblem({ type, value }: Node): string | null {
  if (type === 'variable' && value === 'eval') return '$eval cannot be used here.';
  if (type !== 'regex' || !(value instanceof RegExp)) return null;
  try {
    linearPattern(value);
    return null;
  } catch {
    return 'This regular expression is not of RE2’s syntax (no look-around, no back references).';
  }
}

/** What is wrong with an expression, and where; `null` when it can be evaluated. */
export function expressionProblem(text: string): ExpressionProblem | null {
  let at = 0;
  const place = (message: string): ExpressionProblem => {
    const before = text.slice(0, at).split('\n');
    return { message, line: before.length, column: (before.at(-1) ?? '').length + 1 };
  };
  try {
    for (const node of nodesOf(jsonata(text).ast())) {
      const message = nodeProblem(node);
      if (message === null) continue;
      // JSONata counts to the end of the token.
      at = Math.max(0, Number(node.position ?? 0) - 1);
      return place(message);
    }
    return null;
  } catch (error) {
    const { position, message } = error as { position?: number; message?: string };
    at = position ?? 0;
    return place(error instanceof RangeError ? 'It is nested too deeply.' : (message ?? 'This is no JSONata.'));
  }
}

/** Why an evaluation has no result. `told` messages are the expression's own words to the caller (`$error`, `$assert`). */
export class ExpressionFailure extends Error {
  readonly slow: boolean;
  readonly told: boolean;

  constructor(message: string, { slow = false, told = false } = {}) {
    super(message);
    this.slow = slow;
    this.told = told;
  }
}

const SLOW = 'D1012';
const TOLD = new Set(['D3137', 'D3141']);

function failureOf(error: unknown): ExpressionFailure {
  const { code, message, position } = (error ?? {}) as { code?: string; message?: string; position?: number };
  if (error instanceof RangeError) return new ExpressionFailure('It builds something too large, or goes too deep.');
  const words = (message ?? 'The expression failed.').slice(0, 500);
  if (code !== undefined && TOLD.has(code)) return new ExpressionFailure(words, { told: true });
  const where = position === undefined ? '' : ` (at character ${position})`;
  return new ExpressionFailure(`${words}${where}`, { slow: code === SLOW });
}

/** An expression, ready to be evaluated many times, one after another. */
export interface Expression {
  /** Rejects with an {@link ExpressionFailure} only. Results are data as JSON has it, or `undefined`. */
  evaluate(input: unknown, bindings: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** JSONata's own, but for a bound: it would fill all memory before any clock is looked at. */
function pad(text: string | undefined, width: number, filler = ' '): string | undefined {
  if (text === undefined) return undefined;
  const { paddedCharacters } = EXPRESSION_LIMITS;
  if (Math.abs(width) > paddedCharacters)
    throw new ExpressionFailure(`$pad makes at most ${paddedCharacters} characters.`);
  const characters = Array.from(filler === '' ? ' ' : filler);
  const missing = Math.max(0, Math.abs(Math.trunc(width)) - Array.from(text).length);
  const padding = Array.from({ length: missing }, (_, at) => characters[at % characters.length]).join('');
  return width > 0 ? text + padding : padding + text;
}

/**
 * Compiles a JSONata expression that stops by itself after `timeoutMs`, within bounds of depth and of what it builds;
 * what a single built-in function does cannot be stopped from within, which is why the gateway evaluates in a thread
 * it can end. Throws for what `expressionProblem` tells of.
 */
export function compileExpression(text: string, timeoutMs: number): Expression {
  const box: TimeBox = { timeoutMs, until: 0 };
  const { depth, items } = EXPRESSION_LIMITS;
  const compiled = jsonata(text, { timeout: timeoutMs, stack: depth, sequence: items, RegexEngine: linearRegex(box) });
  compiled.assign('eval', undefined);
  compiled.registerFunction('pad', pad, '<s-ns?:s>');
  return {
    async evaluate(input, bindings) {
      box.until = performance.now() + timeoutMs;
      try {
        const value: unknown = await compiled.evaluate(input, { ...bindings });
        return value;
      } catch (error) {
        throw error instanceof ExpressionFailure ? error : failureOf(error);
      }
    },
  };
}
