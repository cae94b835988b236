import { type Json, listOf, objectOf, textOf, typeOf } from './read-reference.ts';

/** A JSON Schema as a list of fields: name, type, whether it must be there, what it means; nested ones below. */
export function SchemaView({ schema, depth = 0 }: { schema: Json; depth?: number }) {
  const choices = [...listOf(schema.oneOf), ...listOf(schema.anyOf)].map(objectOf);
  if (choices.length > 0) {
    return (
      <div className="flex flex-col gap-2">
        <p className="text-faint text-xs">One of:</p>
        {choices.map((choice, index) => (
          <SchemaView key={`${index}:${textOf(choice.title)}`} schema={choice} depth={depth + 1} />
        ))}
      </div>
    );
  }
  const merged = mergeAll(schema);
  const item = typeOf(merged) === 'array' ? mergeAll(objectOf(merged.items)) : merged;
  const required = new Set(listOf(item.required));
  const named = Object.entries(objectOf(item.properties));
  const properties = [
    ...named.filter(([name]) => required.has(name)),
    ...named.filter(([name]) => !required.has(name)),
  ];
  if (properties.length === 0) return <p className="text-muted text-xs">{typeWords(merged)}</p>;
  return (
    <dl className="divide-y rounded-md border">
      {properties.map(([name, raw]) => (
        <FieldView key={name} name={name} schema={objectOf(raw)} required={required.has(name)} depth={depth} />
      ))}
    </dl>
  );
}

function FieldView({
  name,
  schema,
  required,
  depth,
}: {
  name: string;
  schema: Json;
  required: boolean;
  depth: number;
}) {
  const merged = mergeAll(schema);
  const inner = typeOf(merged) === 'array' ? mergeAll(objectOf(merged.items)) : merged;
  const nested = depth < 5 && Object.keys(objectOf(inner.properties)).length > 0;
  return (
    <div className="px-3 py-2">
      <dt className="flex flex-wrap items-baseline gap-x-2">
        <code className="font-mono text-xs">{name}</code>
        <span className="text-faint text-xs">{typeWords(merged)}</span>
        {required && <span className="font-medium text-warning-text text-xs">required</span>}
      </dt>
      <dd className="text-muted text-xs">
        {textOf(merged.description)}
        {nested && (
          <details className="mt-1">
            <summary className="text-faint">Fields of {name}</summary>
            <div className="mt-1">
              <SchemaView schema={inner} depth={depth + 1} />
            </div>
          </details>
        )}
      </dd>
    </div>
  );
}

function mergeAll(schema: Json): Json {
  const parts = listOf(schema.allOf).map((part) => mergeAll(objectOf(part)));
  if (parts.length === 0) return schema;
  return {
    ...joined([...parts, schema]),
    properties: joined([...parts, schema].map((part) => objectOf(part.properties))),
    required: [...parts.flatMap((part) => listOf(part.required)), ...listOf(schema.required)],
  };
}

function joined(parts: readonly Json[]): Json {
  return Object.fromEntries(parts.flatMap((part) => Object.entries(part)));
}

/** A schema's type and bounds in words: `text, at most 200 characters`, `one of a, b`. */
export function typeWords(schema: Json): string {
  const choices = listOf(schema.enum);
  if (choices.length > 0) return `one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`;
  if (schema.const !== undefined) return `always ${JSON.stringify(schema.const)}`;
  const type = typeOf(schema);
  const words = [
    type === 'array' ? `list of ${typeWords(objectOf(schema.items)) || 'anything'}` : (TYPE_WORDS[type] ?? type),
    textOf(schema.format),
    bound('at least', schema.minimum),
    bound('at most', schema.maximum),
    typeof schema.maxLength === 'number' ? `at most ${schema.maxLength} characters` : '',
    schema.default === undefined ? '' : `otherwise ${JSON.stringify(schema.default)}`,
  ];
  return words.filter(Boolean).join(', ') || textOf(schema.title) || 'anything';
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'object',
};

function bound(words: string, value: unknown): string {
  return typeof value === 'number' ? `${words} ${value}` : '';
}
