import type { ZodError } from 'zod';
import { type AnthropicError, invalid } from './anthropic-error.ts';

type Issue = ZodError['issues'][number];

const isRecord = (value: unknown): value is Record<PropertyKey, unknown> => typeof value === 'object' && value !== null;

/** Places where the API names the member of a union it took the value for: content blocks, sources, tools, choices. */
function tagOf(path: readonly PropertyKey[], value: unknown): string | null {
  if (!isRecord(value) || Array.isArray(value)) return null;
  const parent = path.at(-2);
  const last = path.at(-1);
  const type = typeof value.type === 'string' ? value.type : null;
  if (typeof last === 'number' && parent === 'content') return type;
  if (typeof last === 'number' && parent === 'tools') return type ?? 'custom';
  return last === 'source' || last === 'thinking' || last === 'tool_choice' ? type : null;
}

/** `messages.0.content.1.tool_use.text` from a zod path and the body. */
function placeOf(path: readonly PropertyKey[], body: unknown): string {
  const names: string[] = [];
  let value = body;
  for (const [at, part] of path.entries()) {
    names.push(String(part));
    value = isRecord(value) ? value[part] : undefined;
    const tag = at < path.length - 1 ? tagOf(path.slice(0, at + 1), value) : null;
    if (tag !== null) names.push(tag);
  }
  return names.join('.');
}

function valueAt(path: readonly PropertyKey[], body: unknown): unknown {
  return path.reduce<unknown>((value, part) => (isRecord(value) ? value[part] : undefined), body);
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'Input should be a valid string',
  number: 'Input should be a valid number',
  int: 'Input should be a valid integer',
  boolean: 'Input should be a valid boolean',
  array: 'Input should be a valid list',
  object: 'Input should be a valid dictionary',
  record: 'Input should be a valid dictionary',
};

const quoted = (values: readonly unknown[]): string => {
  const names = values.map((value) => `'${String(value)}'`);
  const last = names.pop() ?? '';
  return names.length > 0 ? `${names.join(', ')} or ${last}` : last;
};

function bound(issue: Issue, place: string): string {
  if (issue.code === 'too_small') {
    if (/temperature|top_p$/.test(place)) return 'range: 0..1';
    if (issue.origin === 'string') return `String should have at least ${issue.minimum} character`;
    return `Input should be greater than or equal to ${issue.minimum}`;
  }
  if (issue.code !== 'too_big') return '';
  if (/temperature|top_p$/.test(place)) return 'range: 0..1';
  if (issue.origin === 'string') return `String should have at most ${issue.maximum} characters`;
  return `Input should be less than or equal to ${issue.maximum}`;
}

/** How far into the value a branch of a union got before it failed. */
const reach = (issue: Issue): number => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0);

/** The branch of a union that got furthest says what was wrong. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const branches = issue.errors.flatMap((issues) => issues.slice(0, 1));
  const best = branches.sort((a, b) => reach(b) - reach(a))[0];
  if (!best || reach(best) === 0) return issue;
  return deepest({ ...best, path: [...issue.path, ...best.path] });
}

function sentence(issue: Issue, body: unknown): string {
  const value = valueAt(issue.path, body);
  if (issue.code === 'unrecognized_keys') {
    const place = placeOf([...issue.path, issue.keys[0] ?? ''], body);
    return `${place}: Extra inputs are not permitted`;
  }
  const place = placeOf(issue.path, body);
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'type' && typeof value === 'string') {
    const union = issue.path.slice(0, -1);
    return `${placeOf(union, body)}: Input tag '${value}' found using 'type' does not match any of the expected tags`;
  }
  if (value === undefined) return `${place}: Field required`;
  if (issue.code === 'invalid_union') {
    return `${place}: Input should be a valid list`;
  }
  if (issue.code === 'invalid_type') {
    const expected = issue.expected === 'number' && /_tokens$|top_k$/.test(place) ? 'int' : issue.expected;
    return `${place}: ${TYPES[expected] ?? 'Input is invalid'}`;
  }
  if (issue.code === 'invalid_value') return `${place}: Input should be ${quoted(issue.values)}`;
  if (issue.code === 'invalid_format' && 'pattern' in issue) {
    return `${place}: String should match pattern '${String(issue.pattern).replace(/^\/|\/$/g, '')}'`;
  }
  return `${place}: ${bound(issue, place) || issue.message}`;
}

/** The first thing wrong with a body, as the Anthropic API words it. */
export function invalidBody(error: ZodError, body: unknown): AnthropicError {
  const first = error.issues[0];
  return first ? invalid(sentence(deepest(first), body)) : invalid('Invalid request.');
}
