import type { ASTNode } from '@marcbachmann/cel-js';
import type { CelStep } from './cel-value.ts';

/** Why an expression cannot be compiled, and where in its text. */
export class CelProblem extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** What is known while an expression is compiled. */
export interface CelScope {
  /** Declared variables by full name (`request.method`). */
  readonly variables: ReadonlySet<string>;
  /** Variables the expression reads, gathered on the way. */
  readonly uses: Set<string>;
  /** Variables of enclosing `exists`, `map` and the like: their place among the locals. */
  readonly locals: ReadonlyMap<string, number>;
  /** Compiles a part, with what is known where it stands. */
  readonly compile: (node: ASTNode, scope: CelScope) => CelStep;
}

/** Whether something is a part of an expression. */
export function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part;
}
