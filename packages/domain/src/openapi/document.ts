export type Json = Record<string, unknown>;

export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a local reference (`#/components/…`, RFC 6901) leads to; `undefined` when nothing is there. */
export function resolvePointer(document: unknown, reference: string): unknown {
  let at: unknown = document;
  for (const part of reference.replace(/^#\/?/, '').split('/')) {
    const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) at = at[Number(name)];
    else if (isObject(at) && Object.hasOwn(at, name)) at = at[name];
    else return undefined;
  }
  return at;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const MAX_HOPS = 20;

/** Follows references until something else stands there; an empty object for what leads nowhere. */
export function followed(document: unknown, value: unknown): Json {
  let at = value;
  for (let hop = 0; hop < MAX_HOPS && isObject(at) && typeof at.$ref === 'string'; hop++) {
    at = resolvePointer(document, at.$ref);
  }
  return isObject(at) && typeof at.$ref !== 'string' ? at : {};
}

/** References that lead out of the document, or nowhere in it; at most ten, each as one sentence. */
export function referenceProblems(document: unknown): string[] {
  const problems = new Set<string>();
  const open: unknown[] = [document];
  while (open.length > 0 && problems.size < 10) {
    const value = open.pop();
    if (Array.isArray(value)) for (const inner of listOf(value)) open.push(inner);
    else if (isObject(value)) {
      const { $ref } = value;
      if (typeof $ref === 'string') {
        const shown = $ref.slice(0, 120);
        if (!$ref.startsWith('#')) {
          problems.add(
            `“${shown}” refers to another document; put what it says into this one (most OpenAPI tools can bundle).`,
          );
        } else if (!$ref.startsWith('#/'))
          problems.add(`“${shown}” refers to an anchor; write a path like #/components/schemas/….`);
        else if (resolvePointer(document, $ref) === undefined)
          problems.add(`“${shown}” leads nowhere in this document.`);
      }
      for (const inner of Object.values(value)) if (typeof inner === 'object') open.push(inner);
    }
  }
  return [...problems];
}

export interface Operation {
  readonly method: (typeof METHODS)[number];
  readonly path: string;
  readonly operation: Json;
  /** Parameters of path item and operation, references followed; the operation's own win. */
  readonly parameters: readonly Json[];
}

/** The operations of a document in its order. */
export function operationsOf(document: unknown): Operation[] {
  const paths = isObject(document) && isObject(document.paths) ? document.paths : {};
  return Object.entries(paths).flatMap(([path, given]) => {
    const item = followed(document, given);
    return METHODS.flatMap((method) => {
      const operation = item[method];
      if (!isObject(operation)) return [];
      const parameters = new Map<string, Json>();
      for (const one of [...listOf(item.parameters), ...listOf(operation.parameters)]) {
        const parameter = followed(document, one);
        parameters.set(`${String(parameter.in)} ${String(parameter.name)}`, parameter);
      }
      return [{ method, path, operation, parameters: [...parameters.values()] }];
    });
  });
}

/** A list's items; none where there is no list. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
