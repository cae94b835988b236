/** A list of objects in a JSON answer; `null` where there is none of that name. */
export function membersOf(text: string, name: string): Readonly<Record<string, unknown>>[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  const list = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>)[name] : null;
  if (!Array.isArray(list)) return null;
  return list.every((item) => typeof item === 'object' && item !== null) ? list : null;
}
