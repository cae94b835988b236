/**
 * `next`, with everything in it that equals its counterpart in `held` replaced by that: what is compiled from a document is
 * known by its objects, and stays where they stay. Plain JSON values; `next` is changed.
 */
export function shareUnchanged<T>(held: unknown, next: T): T {
  return share(held, next) as T;
}

function share(held: unknown, next: unknown): unknown {
  if (typeof held !== 'object' || typeof next !== 'object' || held === null || next === null) return next;
  if (Array.isArray(held) !== Array.isArray(next)) return next;
  const [old, fresh] = [held as Record<string, unknown>, next as Record<string, unknown>];
  const keys = Object.keys(fresh);
  let same = keys.length === Object.keys(old).length;
  for (const key of keys) {
    const value = Object.hasOwn(old, key) ? share(old[key], fresh[key]) : fresh[key];
    fresh[key] = value;
    same &&= value === old[key] && Object.hasOwn(old, key);
  }
  return same ? held : next;
}
