import { VERBS } from '@parley/services/registry';
import type { AnyVerb } from '@parley/services/verb';

export interface Match {
  readonly verb: AnyVerb;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Entry {
  readonly verb: AnyVerb;
  readonly method: string;
  readonly segments: readonly string[];
}

const ENTRIES: readonly Entry[] = VERBS.flatMap((verb) =>
  verb.spec.rest
    ? [{ verb, method: verb.spec.rest.method, segments: verb.spec.rest.path.split('/').filter(Boolean) }]
    : [],
).sort((a, b) => literals(b) - literals(a));

/** More literal segments first, so that `/approvals/bulk` wins over `/approvals/{id}`. */
function literals(entry: Entry): number {
  return entry.segments.filter((segment) => !segment.startsWith('{')).length;
}

/** Finds the verb for a request below `/api/v1`; a list of allowed methods when only the method is wrong. */
export function matchRoute(method: string, path: readonly string[]): Match | { allow: string[] } | null {
  const allow = new Set<string>();
  for (const entry of ENTRIES) {
    const parameters = matchSegments(entry.segments, path);
    if (!parameters) continue;
    if (entry.method === method) return { verb: entry.verb, parameters };
    allow.add(entry.method);
  }
  return allow.size > 0 ? { allow: [...allow] } : null;
}

function matchSegments(pattern: readonly string[], path: readonly string[]): Record<string, string> | null {
  if (pattern.length !== path.length) return null;
  const parameters: Record<string, string> = {};
  for (const [at, segment] of pattern.entries()) {
    const given = path[at] as string;
    if (segment.startsWith('{')) parameters[segment.slice(1, -1)] = given;
    else if (segment !== given) return null;
  }
  return parameters;
}
