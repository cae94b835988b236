/** Providers echo parts of a key they refuse: `sk-pr***abcd`; `ya29.` begins Google's access tokens. */
const KEY_HINT = /\b(?:(?:sk|pk|rk|key)-|ya29\.)[A-Za-z0-9_*.-]{4,}/g;

/** A provider's words without these keys, and without what looks like a part of one. */
export function withoutKeys(text: string, keys: readonly string[]): string {
  let out = text;
  for (const key of keys) if (key !== '') out = out.split(key).join('[redacted]');
  return out.replace(KEY_HINT, '[redacted]');
}
