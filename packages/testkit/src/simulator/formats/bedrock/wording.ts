import type { ZodError } from 'zod';
import { AwsError, invalid } from './aws-error.ts';

type Issue = ZodError['issues'][number];

/** `messages.1.member.content` from a zod path: lists count from one. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => (typeof part === 'number' ? `${part + 1}.member` : String(part))).join('.');

function constraint(issue: Issue): string | null {
  if (issue.code === 'invalid_value') return `Member must satisfy enum value set: [${issue.values.join(', ')}]`;
  if (issue.code === 'invalid_format' && 'pattern' in issue) {
    return `Member must satisfy regular expression pattern: ${String(issue.pattern).replace(/^\/\^?|\$?\/$/g, '')}`;
  }
  const sized = issue.code === 'too_small' || issue.code === 'too_big' ? issue.origin : null;
  const what = sized === 'string' || sized === 'array' ? 'length' : 'value';
  if (issue.code === 'too_small') return `Member must have ${what} greater than or equal to ${issue.minimum}`;
  if (issue.code === 'too_big') return `Member must have ${what} less than or equal to ${issue.maximum}`;
  return null;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'String',
  number: 'Float',
  int: 'Integer',
  boolean: 'Boolean',
  array: 'List',
  object: 'Structure',
  record: 'Document',
};

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY';
  return (
    { string: 'STRING_VALUE', number: 'NUMBER_VALUE', boolean: 'TRUE_VALUE' }[typeof value as string] ?? 'START_OBJECT'
  );
}

/** What is wrong with a body's shape, as AWS words it. */
export function invalidShape(error: ZodError, body: unknown): AwsError {
  const issue = error.issues[0];
  if (!issue) return invalid('Malformed input request, please reformat your input and try again.');
  const given = issue.path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    body,
  );
  const place = placeOf(issue.path);
  const told = constraint(issue);
  if (given === undefined || given === null) {
    return invalid(
      `1 validation error detected: Value at '${place}' failed to satisfy constraint: Member must not be null`,
    );
  }
  if (told !== null) {
    const value = typeof given === 'string' ? given : JSON.stringify(given);
    return invalid(`1 validation error detected: Value '${value}' at '${place}' failed to satisfy constraint: ${told}`);
  }
  const expected = issue.code === 'invalid_type' ? (TYPES[issue.expected] ?? 'Structure') : 'Structure';
  return new AwsError(400, 'SerializationException', `${typeName(given)} can not be converted to a ${expected}`);
}
