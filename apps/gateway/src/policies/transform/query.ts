import type { QueryChanges } from '@parley/contracts/policies/transform';
import type { MappingFacts } from '@parley/domain/mapping/facts';
import { compileTemplate, type Template } from '@parley/domain/mapping/template';

export interface QueryEdits {
  readonly renamed: ReadonlyMap<string, string>;
  readonly gone: ReadonlySet<string>;
  readonly set: readonly (readonly [name: string, value: Template])[];
}

/** Throws for templates that cannot be compiled. */
export function compileQueryEdits({ set, remove, rename }: QueryChanges): QueryEdits {
  return {
    renamed: new Map(Object.entries(rename)),
    gone: new Set([...remove, ...Object.keys(set)]),
    set: Object.entries(set).map(([name, text]) => [name, compileTemplate(text, 'request')]),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** A query (`?a=b`, or empty) after the changes; parameters nobody names stay byte for byte. */
export function editQuery(query: string, edits: QueryEdits, facts: MappingFacts): string {
  const pairs: string[] = [];
  for (const pair of query.slice(1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const before = decoded(equals === -1 ? pair : pair.slice(0, equals));
    const name = edits.renamed.get(before);
    if (edits.gone.has(name ?? before)) continue;
    pairs.push(name === undefined ? pair : encodeURIComponent(name) + (equals === -1 ? '' : pair.slice(equals)));
  }
  for (const [name, template] of edits.set) {
    const value = template(facts);
    if (value !== '') pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed())}`);
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
