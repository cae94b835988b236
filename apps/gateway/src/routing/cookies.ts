/** Cookies as sent (RFC 6265 §5.4), undecoded; quotes around a value are no part of it. */
export function readCookies(header: string | undefined): Map<string, string[]> {
  const cookies = new Map<string, string[]>();
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at === -1) continue;
    const name = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    const bare = value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
    const others = cookies.get(name);
    if (others) others.push(bare);
    else cookies.set(name, [bare]);
  }
  return cookies;
}
