import type { PlannedInput } from '@parley/contracts/graphql-plan';
import type { TranslatedInput } from '@parley/contracts/policies/translated-input';
import { escapeStep } from './json-pointer.ts';

/** The address of a route. */
export interface Place {
  /** `*` for any. */
  readonly method: string;
  readonly path: string;
}

/** Methods whose calls have no body of a meaning. */
export const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Where an input comes from, its empty place filled in; or what is wrong with it, by its field. */
export function plannedPlace(input: TranslatedInput, route: Place): PlannedInput | { path: string; message: string } {
  const { name, from, value } = input;
  if (from === 'value') return { name, from, at: '', ...(value === undefined ? {} : { value }) };
  const at = input.at ?? (from === 'body' ? `/${escapeStep(name)}` : name);
  if (from === 'path' && !route.path.split('/').includes(`{${at}}`)) {
    return { path: input.at === undefined ? 'from' : 'at', message: `The path ${route.path} has no {${at}}.` };
  }
  if (from === 'body' && BODILESS.has(route.method)) {
    return { path: 'from', message: `Calls by ${route.method} have no body. Take it from the path or the query.` };
  }
  return { name, from, at: from === 'header' ? at.toLowerCase() : at };
}
