import { routeMatchSchema, whenEntrySchema } from '@parley/contracts/route-match';
import type { RouteSnapshot } from '@parley/contracts/snapshot';
import type { CelExpression } from '@parley/domain/expressions/cel';
import { REQUEST_LANGUAGE } from '@parley/domain/expressions/request-variables';
import { compilePredicates } from '@parley/domain/routing/predicates';
import { parameterMap } from '../expressions/call-variables.ts';
import { BODY, CALLER, HEAD, type Known, type RouteFacts } from './call-facts.ts';
import { parametersOf } from './route-path.ts';

/** Whether the conditions of a route hold for a call, and what has to be known of the call to say so. */
export interface RouteCondition {
  readonly needs: Known;
  readonly holds: (facts: RouteFacts) => boolean;
}

const ALWAYS: RouteCondition = { needs: HEAD, holds: () => true };

function neededBy(uses: ReadonlySet<string>): Known {
  if (uses.has('request.body')) return BODY;
  const names = [...uses];
  return names.some((name) => name === 'plan' || name.startsWith('caller.') || name.startsWith('party.'))
    ? CALLER
    : HEAD;
}

/** An expression that has no value for a call does not hold. */
function whenCondition(expression: CelExpression, parameters: readonly string[]): RouteCondition {
  return {
    needs: neededBy(expression.uses),
    holds(facts) {
      const read = (name: string): unknown =>
        name === 'request.params' ? parameterMap(parameters, facts.params) : facts.variable(name);
      const outcome = expression.evaluate(read);
      return outcome.ok && outcome.value === true;
    },
  };
}

/** Conditions as they were written; `null` for what this release cannot read. */
function partsOf(match: NonNullable<RouteSnapshot['match']>, parameters: readonly string[]): RouteCondition[] | null {
  const entries = match.filter((entry) => Object.hasOwn(entry, 'when'));
  const parts: RouteCondition[] = [];
  for (const entry of entries) {
    const parsed = whenEntrySchema.safeParse(entry);
    const compiled = parsed.success ? REQUEST_LANGUAGE.compile(parsed.data.when, 'bool') : null;
    if (!compiled?.ok) return null;
    parts.push(whenCondition(compiled.expression, parameters));
  }
  if (entries.length === match.length) return parts;
  const parsed = routeMatchSchema.safeParse(match.filter((entry) => !entries.includes(entry)));
  if (!parsed.success) return null;
  try {
    // Tables first: they cost least.
    const needs = parsed.data.some((predicate) => predicate.in === 'body') ? BODY : HEAD;
    return [{ needs, holds: compilePredicates(parsed.data) }, ...parts];
  } catch {
    return null;
  }
}

/**
 * The conditions of a route as a function; `null` for a route without. What this release cannot read always holds, and is
 * `unreadable`: such a route refuses its calls rather than leaving them to another.
 */
export function routeCondition({ match, path }: RouteSnapshot): { holds: RouteCondition | null; unreadable: boolean } {
  if (match === undefined) return { holds: null, unreadable: false };
  const parts = partsOf(match, parametersOf(path));
  if (parts === null) return { holds: ALWAYS, unreadable: true };
  const needs = Math.max(HEAD, ...parts.map((part) => part.needs)) as Known;
  return { holds: { needs, holds: (facts) => parts.every((part) => part.holds(facts)) }, unreadable: false };
}
