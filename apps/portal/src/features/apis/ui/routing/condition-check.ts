import { REQUEST_LANGUAGE } from '@parley/domain/expressions/request-variables';

export interface ConditionCheck {
  readonly problem: string | null;
  /** What of the call it reads. */
  readonly reads: readonly string[];
}

/** Compiles a condition as saving does. Loaded only where one is written: the language is large. */
export function checkCondition(source: string): ConditionCheck {
  const compiled = REQUEST_LANGUAGE.compile(source, 'bool');
  if (compiled.ok) return { problem: null, reads: [...compiled.expression.uses] };
  return { problem: `Line ${compiled.line}, column ${compiled.column}: ${compiled.message}`, reads: [] };
}
