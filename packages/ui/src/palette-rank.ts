/**
 * How well a name answers to what was typed, 0 (not at all) to 1: every typed word must begin or stand inside of the name or
 * one of its other words. Letters scattered over a name do not count: "usa" is Usage, not Catalogue.
 */
export function rankName(typed: string, name: string, words = ''): number {
  const own = name.toLowerCase();
  const query = typed.trim().toLowerCase();
  if (query === '') return 1;
  if (own.startsWith(query)) return 1;
  const names = own.split(/[\s/–-]+/);
  const others = words.toLowerCase().split(/\s+/);
  const ranks = query.split(/\s+/).map((part) => {
    if (names.some((one) => one.startsWith(part))) return 0.8;
    if (own.includes(part)) return 0.5;
    if (others.some((one) => one.startsWith(part))) return 0.4;
    return others.some((one) => part.length > 2 && one.includes(part)) ? 0.2 : 0;
  });
  return Math.min(...ranks);
}
