import { factNames, factPath, type MappingFacts, type MappingSide } from './facts.ts';

/** Fills a template in; what a call does not have is empty. */
export type Template = (facts: MappingFacts) => string;

type Part = string | readonly string[];

/** A brace twice is the brace itself; between two stands a fact's name. */
const TOKEN = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

function parse(text: string, side: MappingSide): readonly Part[] | { readonly problem: string } {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    parts.push(text.slice(from, match.index));
    from = match.index + match[0].length;
    const [token, name] = match;
    if (token === '{{' || token === '}}') {
      parts.push(token.charAt(0));
      continue;
    }
    if (name === undefined) {
      return { problem: `The brace at ${match.index + 1} has no other; write it twice to mean the brace itself.` };
    }
    const path = factPath(name.trim(), side);
    if (path === null) return { problem: `There is no “${name.slice(0, 60)}”. There are: ${factNames(side)}.` };
    parts.push(path);
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part.length > 0);
}

/** What is wrong with a template; `null` when it can be used. */
export function templateProblem(text: string, side: MappingSide): string | null {
  const parsed = parse(text, side);
  return 'problem' in parsed ? parsed.problem : null;
}

function read(facts: MappingFacts, path: readonly string[]): string {
  let value: unknown = facts;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return '';
    value = (value as Record<string, unknown>)[name];
  }
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Prepares a template: `v={version}; caller={caller.application}`. Throws for one that has a problem. */
export function compileTemplate(text: string, side: MappingSide): Template {
  const parsed = parse(text, side);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return (facts) => parsed.map((part) => (typeof part === 'string' ? part : read(facts, part))).join('');
}

/** Dot segments, in any spelling a server may resolve (RFC 3986 §5.2.4). */
const DOTS = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/** What is wrong with a path template; `null` when it can be used. */
export function pathTemplateProblem(text: string, side: MappingSide): string | null {
  const [path = ''] = text.split('?', 1);
  if (DOTS.test(path)) return 'A path cannot have “.” or “..” as a part.';
  return text.includes('#') ? 'A path sent to an upstream has no fragment.' : templateProblem(text, side);
}

/**
 * Prepares a path with a query: each value filled in is encoded, so that it stays within its place. `null` where a value of
 * the path is missing, or would lead elsewhere. Throws for a template that has a problem.
 */
export function compilePathTemplate(text: string, side: MappingSide): (facts: MappingFacts) => string | null {
  const parsed = parse(text, side);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return (facts) => {
    let made = '';
    for (const part of parsed) {
      if (typeof part === 'string') {
        made += part;
        continue;
      }
      const value = read(facts, part);
      if (value === '' && !made.includes('?')) return null;
      made += encodeURIComponent(value.toWellFormed());
    }
    const [path = ''] = made.split('?', 1);
    return DOTS.test(path) ? null : made;
  };
}
