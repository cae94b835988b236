/** A short name for URLs made from a name: `Café Noir 2` → `cafe-noir-2`. Empty when nothing of it can stand in one. */
export function shortNameOf(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '');
}
