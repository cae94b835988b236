import { operationsOf, referenceProblems } from './document.ts';

export interface ImportedRoute {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  readonly path: string;
  readonly summary: string;
}

export interface Imported {
  readonly routes: readonly ImportedRoute[];
  /** Why it cannot be imported as it is, each as a sentence; empty when it can. */
  readonly problems: readonly string[];
}

const ROUTE = /^\/(?:(?:[A-Za-z0-9._~!$&'()+,;=:@%-]+|\{[a-zA-Z_][a-zA-Z0-9_]*\})(?:\/(?!$)|\/?$))*$/;
const MAX_ROUTES = 500;

/** One route for each operation of an OpenAPI document, in its order. */
export function importedRoutes(document: unknown): Imported {
  const problems = referenceProblems(document);
  const routes = operationsOf(document).map(({ method, path, operation }) => ({
    method: method.toUpperCase() as ImportedRoute['method'],
    path: routePath(path),
    summary:
      [operation.summary, operation.operationId]
        .find((text) => typeof text === 'string')
        ?.trim()
        .slice(0, 200) ?? '',
  }));
  for (const { method, path } of routes) {
    if (problems.length < 10 && !ROUTE.test(path)) {
      problems.push(
        `${method} ${path.slice(0, 120)} cannot be a route: a parameter has to be a whole part between slashes.`,
      );
    }
  }
  if (routes.length === 0) problems.push('It describes no operation.');
  if (routes.length > MAX_ROUTES)
    problems.push(`It has ${routes.length} operations; at most ${MAX_ROUTES} can be routes.`);
  return { routes, problems };
}

/** OpenAPI allows any name for a parameter; routes take letters, digits and underscores. */
export function routePath(path: string): string {
  return path.replaceAll(/\{([^{}/]+)\}/g, (_, name: string) => {
    const plain = name.replaceAll(/[^A-Za-z0-9_]/g, '_');
    return `{${/^[0-9]/.test(plain) ? `_${plain}` : plain}}`;
  });
}
