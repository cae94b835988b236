/** Parameters of a route's path in order, as written there: `{id}`, a trailing `*`. */
export function parametersOf(path: string): string[] {
  return path
    .slice(1)
    .split('/')
    .filter((segment) => segment === '*' || (segment.startsWith('{') && segment.endsWith('}')));
}
