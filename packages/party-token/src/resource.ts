/** Percent-encoded characters that mean the same as plain ones (RFC 3986 §2.3). */
const ENCODED = /%([0-9a-f]{2})/gi;
const UNRESERVED = /[A-Za-z0-9._~-]/;

/** A path as it is compared (PT-4.2): unreserved characters plain, other escapes in capitals. */
export function normalizedPath(path: string): string {
  if (!path.includes('%')) return path;
  return path.replace(ENCODED, (escape, hex: string) => {
    const sign = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(sign) ? sign : escape.toUpperCase();
  });
}

/** Whether a pattern fits a resource (PT-4.2): `*` is one segment that is not empty, a final `**` any rest. */
export function fits(pattern: string, resource: string): boolean {
  const wanted = pattern.split('/');
  const given = resource.split('/');
  // The kind stands before the first segment: `api:acme`.
  const [kind, first] = parted(wanted[0] ?? '');
  const [givenKind, givenFirst] = parted(given[0] ?? '');
  if (kind !== givenKind) return false;
  wanted[0] = first;
  given[0] = givenFirst;
  for (let at = 0; at < wanted.length; at++) {
    if (wanted[at] === '**' && at === wanted.length - 1) return true;
    const segment = given[at];
    if (segment === undefined) return false;
    if (wanted[at] === '*' ? segment === '' : wanted[at] !== segment) return false;
  }
  return wanted.length === given.length;
}

/** Whether everything that `inner` fits is fitted by `outer` too (PT-4.7). */
export function covers(outer: string, inner: string): boolean {
  const wide = outer.split('/');
  const narrow = inner.split('/');
  const [kind, first] = parted(wide[0] ?? '');
  const [innerKind, innerFirst] = parted(narrow[0] ?? '');
  if (kind !== innerKind) return false;
  wide[0] = first;
  narrow[0] = innerFirst;
  for (let at = 0; at < wide.length; at++) {
    if (wide[at] === '**' && at === wide.length - 1) return true;
    const segment = narrow[at];
    if (segment === undefined || segment === '**') return false;
    if (wide[at] === '*' ? segment === '' : wide[at] !== segment) return false;
  }
  return wide.length === narrow.length;
}

function parted(segment: string): [kind: string, first: string] {
  const colon = segment.indexOf(':');
  return [segment.slice(0, colon), segment.slice(colon + 1)];
}
