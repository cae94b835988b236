import { buildClientSchema, buildSchema, GraphQLError, type GraphQLSchema, type IntrospectionQuery } from 'graphql';

/** Schemas are large and shared by many routes: the latest few are kept as they were read. */
const KEPT = 4;
const kept = new Map<string, GraphQLSchema | string>();
const MAX_TOKENS = 200_000;

/** Reads SDL or the JSON of an introspection query; gives a sentence when it cannot be read. */
export function readSchema(text: string): GraphQLSchema | string {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const read = parseSchema(text);
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value as string);
  kept.set(text, read);
  return read;
}

function parseSchema(text: string): GraphQLSchema | string {
  try {
    if (!text.trimStart().startsWith('{')) return buildSchema(text, { maxLexicalTokens: MAX_TOKENS });
    const json = JSON.parse(text) as { data?: unknown };
    return buildClientSchema((json.data ?? json) as IntrospectionQuery);
  } catch (error) {
    return messageOf(error);
  }
}

/** What a mistake in a document is, with its place. */
export function messageOf(error: unknown): string {
  if (error instanceof RangeError) return 'It is nested too deeply.';
  if (!(error instanceof Error)) return 'It cannot be read.';
  const [place] = error instanceof GraphQLError ? (error.locations ?? []) : [];
  const text = error.message.split('\n', 1)[0]?.slice(0, 300) ?? '';
  return place ? `Line ${place.line}, column ${place.column}: ${text}` : text;
}
