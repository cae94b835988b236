/** A form field read: text, a list (`a[0]`, `a[]`) or an object (`a[b]`). */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };

/** Without a prototype: names come from outside. */
const empty = (): { [name: string]: FormValue } => Object.create(null) as { [name: string]: FormValue };

const MAX_DEPTH = 8;
const MAX_FIELDS = 2_000;

/**
 * Reads `application/x-www-form-urlencoded` as Stripe does: brackets nest, whole numbers make lists. Throws `RangeError`
 * for a form too deep or too long.
 */
export function parseForm(text: string): { [name: string]: FormValue } {
  const root: { [name: string]: FormValue } = empty();
  const fields = [...new URLSearchParams(text)];
  if (fields.length > MAX_FIELDS) throw new RangeError('too many fields');
  for (const [name, value] of fields) {
    const path = [...name.matchAll(/^[^[\]]+|\[([^[\]]*)\]/g)].map((match) => match[1] ?? match[0]);
    if (path.length === 0 || path.length > MAX_DEPTH) throw new RangeError(`cannot read the field ${name}`);
    place(root, path, value);
  }
  return listsOf(root) as { [name: string]: FormValue };
}

function place(root: { [name: string]: FormValue }, path: readonly string[], value: string): void {
  let node = root;
  path.forEach((part, at) => {
    const name = part === '' ? String(Object.keys(node).length) : part;
    if (at === path.length - 1) {
      node[name] = value;
      return;
    }
    const next = node[name];
    if (typeof next !== 'object' || Array.isArray(next)) node[name] = empty();
    node = node[name] as { [name: string]: FormValue };
  });
}

function listsOf(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const names = Object.keys(value);
  const read = names.map((name) => listsOf(value[name] as FormValue));
  if (names.length > 0 && names.every((name, at) => name === String(at))) return read;
  return Object.fromEntries(names.map((name, at) => [name, read[at] as FormValue]));
}
