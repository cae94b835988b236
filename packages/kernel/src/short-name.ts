/**
 * A short name for URLs made from a name: `Café Noir 2` → `cafe-noir-2`; at most 63 characters. Empty when nothing of the
 * name can stand in one.
 */
export function shortNameOf(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 63)
    .replace(/-$/, '');
}
