import { exampleOf, type Operation, textOf } from './read-reference.ts';

/** A call as the reader has filled it in; the console sends it and the snippets spell it out. */
export interface Call {
  readonly operation: Operation;
  /** Values by `<in> <name>`: `path city`, `query days`. */
  readonly values: Readonly<Record<string, string>>;
  readonly body: string;
  readonly stream: boolean;
}

/** A call of the operation with the examples its reference gives. */
export function callOf(operation: Operation): Call {
  const values: Record<string, string> = {};
  for (const parameter of operation.parameters) {
    const example = exampleOf(parameter.schema);
    const shown =
      parameter.required || parameter.schema.examples !== undefined || parameter.schema.default !== undefined;
    values[`${parameter.in} ${parameter.name}`] = shown && example !== undefined ? plain(example) : '';
  }
  const example = operation.body?.example;
  const body = example === undefined ? '' : typeof example === 'string' ? example : JSON.stringify(example, null, 2);
  return { operation, values, body, stream: false };
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The address a call goes to: path values put in and encoded, the query appended where it has values. */
export function addressOf(baseUrl: string, call: Call): string {
  const path = call.operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const value = call.values[`path ${name}`] || name;
    // The rest of a path keeps its slashes; see the reference's description of it.
    return name === 'path' ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const { in: place, name } of call.operation.parameters) {
    const value = place === 'query' ? call.values[`query ${name}`] : undefined;
    if (value) query.append(name, value);
  }
  const search = query.toString();
  return `${baseUrl}${path === '/' ? '' : path}${search ? `?${search}` : ''}`;
}

/** Headers beside the key that a call needs, by the reference and by how it is to be answered. */
export function headersOf(call: Call): Record<string, string> {
  const headers: Record<string, string> = {};
  if (sendsBody(call)) headers['content-type'] = mediaTypeOf(call);
  if (call.stream && !streamsByBody(call)) headers.accept = 'text/event-stream';
  for (const { in: place, name } of call.operation.parameters) {
    const value = place === 'header' ? call.values[`header ${name}`] : undefined;
    if (value) headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** The body to send, or `null`; where the dialect streams by a field of the body, that field is set. */
export function bodyOf(call: Call): string | null {
  if (!sendsBody(call)) return null;
  if (!streamsByBody(call)) return call.body;
  try {
    const parsed: unknown = JSON.parse(call.body);
    if (typeof parsed !== 'object' || parsed === null) return call.body;
    const { stream: _, ...rest } = parsed as Record<string, unknown>;
    return JSON.stringify(call.stream ? { ...rest, stream: true } : rest, null, 2);
  } catch {
    return call.body;
  }
}

function sendsBody(call: Call): boolean {
  return call.operation.body !== null && call.body.trim() !== '';
}

function mediaTypeOf(call: Call): string {
  const named = textOf(call.operation.body?.mediaType);
  return named === '' || named.includes('*') ? 'application/json' : named;
}

/** OpenAI's dialect asks for a stream in the body; prompt endpoints by the Accept header. */
export function streamsByBody(call: Call): boolean {
  return call.operation.path === '/chat/completions';
}
