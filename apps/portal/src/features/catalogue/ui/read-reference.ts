/** An OpenAPI 3.x document as the API page shows it. Tolerant: what it cannot read it leaves out. */

export type Json = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly schema: Json;
}

export interface Content {
  readonly mediaType: string;
  readonly schema: Json;
  readonly example: unknown;
}

export interface Operation {
  /** Method and path, which no two operations share. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly deprecated: boolean;
  readonly tag: string;
  readonly parameters: readonly Parameter[];
  readonly body: (Content & { readonly required: boolean }) | null;
  readonly responses: readonly { status: string; description: string; content: readonly Content[] }[];
  /** True when it can answer with server-sent events. */
  readonly streams: boolean;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

/** The operations of a document by path, then method: stored documents (jsonb) do not keep their own order. */
export function readOperations(document: unknown): Operation[] {
  const root = objectOf(document);
  const operations: Operation[] = [];
  const paths = Object.entries(objectOf(root.paths)).sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [path, rawItem] of paths) {
    const item = resolve(root, rawItem);
    for (const method of METHODS) {
      if (item[method] === undefined) continue;
      operations.push(readOperation(root, path, method, item, objectOf(item[method])));
    }
  }
  return operations;
}

function readOperation(root: Json, path: string, method: string, item: Json, operation: Json): Operation {
  const own = listOf(operation.parameters).map((raw) => resolve(root, raw));
  const names = new Set(own.map((one) => `${textOf(one.in)} ${textOf(one.name)}`));
  const shared = listOf(item.parameters)
    .map((raw) => resolve(root, raw))
    .filter((one) => !names.has(`${textOf(one.in)} ${textOf(one.name)}`));
  const body = resolve(root, operation.requestBody);
  const [content] = readContent(root, body.content);
  const answers = Object.entries(objectOf(operation.responses)).sort(([left], [right]) => rank(left) - rank(right));
  const responses = answers.map(([status, raw]) => {
    const response = resolve(root, raw);
    return { status, description: textOf(response.description), content: readContent(root, response.content) };
  });
  return {
    id: `${method} ${path}`,
    method: method.toUpperCase(),
    path,
    summary: textOf(operation.summary) || textOf(item.summary) || `${method.toUpperCase()} ${path}`,
    description: textOf(operation.description),
    deprecated: operation.deprecated === true,
    tag: textOf(listOf(operation.tags)[0]),
    parameters: [...shared, ...own].flatMap((raw) => readParameter(root, raw)),
    body: content ? { ...content, required: body.required === true } : null,
    responses,
    streams: responses.some((response) => response.content.some(({ mediaType }) => mediaType === 'text/event-stream')),
  };
}

/** Success first, then what stands for everything else, then the rest as they come. */
function rank(status: string): number {
  return status.startsWith('2') ? 0 : status === 'default' ? 1 : 2;
}

function readParameter(root: Json, raw: Json): Parameter[] {
  const place = textOf(raw.in);
  if (place !== 'path' && place !== 'query' && place !== 'header') return [];
  const schema = resolve(root, raw.schema);
  const example = raw.example === undefined ? {} : { examples: [raw.example] };
  const description = textOf(raw.description) || textOf(schema.description);
  return [
    {
      name: textOf(raw.name),
      in: place,
      required: raw.required === true,
      description,
      schema: { ...schema, ...example },
    },
  ];
}

function readContent(root: Json, raw: unknown): Content[] {
  return Object.entries(objectOf(raw)).map(([mediaType, value]) => {
    const media = objectOf(value);
    const schema = expand(root, media.schema);
    const [named] = Object.values(objectOf(media.examples)).map((one) => resolve(root, one).value);
    return { mediaType, schema, example: media.example ?? named ?? exampleOf(schema) };
  });
}

/** A schema with its references put in; one that holds itself stops at its name. */
export function expand(root: Json, raw: unknown, seen: readonly string[] = []): Json {
  const schema = objectOf(raw);
  const ref = schema.$ref;
  if (typeof ref === 'string') {
    if (seen.includes(ref) || seen.length > 20) return { title: ref.split('/').at(-1) ?? ref };
    const { $ref: _, ...beside } = schema;
    return { ...expand(root, lookUp(root, ref), [...seen, ref]), ...beside };
  }
  const out: Record<string, unknown> = { ...schema };
  if (schema.properties !== undefined) {
    const entries = Object.entries(objectOf(schema.properties)).map(([name, value]) => [
      name,
      expand(root, value, seen),
    ]);
    out.properties = Object.fromEntries(entries);
  }
  if (typeof schema.items === 'object') out.items = expand(root, schema.items, seen);
  for (const word of ['oneOf', 'anyOf', 'allOf'] as const) {
    if (schema[word] !== undefined) out[word] = listOf(schema[word]).map((one) => expand(root, one, seen));
  }
  return out;
}

/** A value that fits a schema: its example or default where it names one, else a plain value of its type. */
export function exampleOf(schema: Json, depth = 0): unknown {
  const [first] = listOf(schema.examples);
  if (first !== undefined) return first;
  for (const word of ['example', 'default', 'const'] as const) if (schema[word] !== undefined) return schema[word];
  const choices = listOf(schema.enum);
  if (choices.length > 0) return choices[0];
  for (const word of ['oneOf', 'anyOf'] as const) {
    const [option] = listOf(schema[word]);
    if (option !== undefined) return exampleOf(objectOf(option), depth + 1);
  }
  if (schema.allOf !== undefined) {
    return Object.assign({}, ...listOf(schema.allOf).map((part) => objectOf(exampleOf(objectOf(part), depth + 1))));
  }
  return plainValue(schema, depth);
}

function plainValue(schema: Json, depth: number): unknown {
  switch (typeOf(schema)) {
    case 'object': {
      if (depth > 6) return {};
      const required = new Set(listOf(schema.required));
      const properties = Object.entries(objectOf(schema.properties));
      const shown = required.size > 0 ? properties.filter(([name]) => required.has(name)) : properties;
      return Object.fromEntries(shown.map(([name, value]) => [name, exampleOf(objectOf(value), depth + 1)]));
    }
    case 'array':
      return depth > 6 || schema.items === undefined ? [] : [exampleOf(objectOf(schema.items), depth + 1)];
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 1;
    case 'boolean':
      return true;
    case 'string':
      return 'text';
    default:
      return depth === 0 ? undefined : null;
  }
}

/** The main type a schema names; `object` where it lists properties without saying so. */
export function typeOf(schema: Json): string {
  const named = Array.isArray(schema.type) ? listOf(schema.type).find((one) => one !== 'null') : schema.type;
  if (typeof named === 'string') return named;
  return schema.properties === undefined ? '' : 'object';
}

function resolve(root: Json, raw: unknown): Json {
  const value = objectOf(raw);
  return typeof value.$ref === 'string' ? objectOf(lookUp(root, value.$ref)) : value;
}

/** Follows a JSON pointer within the document (RFC 6901); other documents are not fetched. */
function lookUp(root: Json, ref: string): unknown {
  if (!ref.startsWith('#/')) return {};
  let at: unknown = root;
  for (const part of ref.slice(2).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    at = Object.hasOwn(objectOf(at), name) ? objectOf(at)[name] : undefined;
  }
  return at;
}

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
