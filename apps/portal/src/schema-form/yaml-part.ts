import { type Document, isMap, LineCounter, parseDocument, stringify } from 'yaml';

/** One thing wrong with a text, with its line counted from 1. */
export interface YamlProblem {
  readonly line: number;
  readonly message: string;
}

export interface ReadYaml {
  readonly value: Readonly<Record<string, unknown>>;
  /** Line of the part at a path within it, or of the nearest part around it. */
  lineOf(path: readonly string[]): number;
}

/** A part of a declaration under its key (`policies`, `options`), as `parley apply` takes it. */
export function writeYaml(key: string, value: Readonly<Record<string, unknown>>): string {
  return stringify({ [key]: value }, { lineWidth: 0 });
}

/** Reads what `writeYaml` writes. Only its form is judged here; what it says is for the server. */
export function readYaml(key: string, text: string): ReadYaml | { readonly problems: readonly YamlProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ message, pos }) => ({ line: lines.linePos(pos[0]).line, message }));
  if (problems.length > 0) return { problems };
  const { contents } = document;
  const others = isMap(contents) ? contents.items.filter((pair) => String(pair.key) !== key) : [];
  if (!isMap(contents) || !contents.has(key) || others.length > 0) {
    return { problems: [{ line: 1, message: `Write one key, ${key}:, with the rest indented below it.` }] };
  }
  const value = (document.toJS() as Record<string, unknown>)[key];
  if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
    return { problems: [{ line: lineOf(document, lines, [key]), message: 'It is written as “name:” lines.' }] };
  }
  return {
    value: (value ?? {}) as Record<string, unknown>,
    lineOf: (path) => lineOf(document, lines, [key, ...path]),
  };
}

function lineOf(document: Document, lines: LineCounter, path: readonly string[]): number {
  for (let length = path.length; length > 0; length--) {
    const steps = path.slice(0, length).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const parent = document.getIn(steps.slice(0, -1), true);
    // The line of the name, not of what stands below it.
    const pair = isMap(parent) ? parent.items.find(({ key }) => String(key) === steps.at(-1)) : undefined;
    const found = (pair?.key ?? document.getIn(steps, true)) as { range?: readonly number[] | null } | undefined;
    if (found?.range) return lines.linePos(found.range[0] ?? 0).line;
  }
  return 1;
}
