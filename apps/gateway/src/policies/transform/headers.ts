import type { IncomingHttpHeaders } from 'node:http';
import type { HeaderChanges } from '@parley/contracts/policies/mapping';
import type { MappingFacts, MappingSide } from '@parley/domain/mapping/facts';
import { compileTemplate, type Template } from '@parley/domain/mapping/template';

type Named = readonly (readonly [name: string, value: Template])[];

/** Changes to headers, ready to be made: renamed, removed, set, appended, in this order. */
export interface HeaderEdits {
  readonly renamed: ReadonlyMap<string, string>;
  /** What goes: removed by name, or set anew. */
  readonly gone: ReadonlySet<string>;
  readonly set: Named;
  readonly appended: Named;
}

/** Throws for templates that cannot be compiled. */
export function compileEdits(changes: HeaderChanges, side: MappingSide): HeaderEdits {
  const named = (texts: Readonly<Record<string, string>>): Named =>
    Object.entries(texts).map(([name, text]) => [name, compileTemplate(text, side)]);
  return {
    renamed: new Map(Object.entries(changes.rename)),
    gone: new Set([...changes.remove, ...Object.keys(changes.set)]),
    set: named(changes.set),
    appended: named(changes.append),
  };
}

/** What a header cannot hold travels percent-encoded (RFC 3986): a caller's text never becomes a header of its own. */
export function headerText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\x20-\x7e\x80-\xff]/gu, (character) => encodeURIComponent(character))
    .trim();
}

function* added({ set, appended }: HeaderEdits, facts: MappingFacts): Generator<readonly [string, string]> {
  for (const [name, template] of [...set, ...appended]) {
    const value = headerText(template(facts));
    if (value !== '') yield [name, value];
  }
}

/** Flat request headers after the changes. */
export function editFlat(flat: readonly string[], edits: HeaderEdits, facts: MappingFacts): string[] {
  const kept: string[] = [];
  for (let at = 0; at < flat.length; at += 2) {
    const before = flat[at] as string;
    const name = edits.renamed.get(before) ?? before;
    if (!edits.gone.has(name)) kept.push(name, flat[at + 1] as string);
  }
  for (const [name, value] of added(edits, facts)) kept.push(name, value);
  return kept;
}

/** An answer's headers after the changes. */
export function editAnswer(headers: IncomingHttpHeaders, edits: HeaderEdits, facts: MappingFacts): IncomingHttpHeaders {
  const kept: Record<string, string | string[]> = {};
  const put = (name: string, value: string | string[]): void => {
    const before = kept[name];
    kept[name] = before === undefined ? value : [before, value].flat();
  };
  for (const [before, value] of Object.entries(headers)) {
    const name = edits.renamed.get(before) ?? before;
    if (value !== undefined && !edits.gone.has(name)) put(name, value);
  }
  for (const [name, value] of added(edits, facts)) put(name, value);
  return kept;
}
