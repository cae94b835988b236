/** Where to go after signing in: a path of this portal, whatever the query says; `/open` picks the tenant. */
export function safeNext(next: string | string[] | undefined): string {
  const path = Array.isArray(next) ? next[0] : next;
  // A second slash or a backslash would leave this origin.
  return path && /^\/(?![/\\])/.test(path) && !path.includes('\\') ? path : '/open';
}
