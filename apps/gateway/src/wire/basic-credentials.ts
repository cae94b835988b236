const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;

/** User and password of an `Authorization: Basic` value (RFC 7617); `null` for anything else. */
export function readBasic(authorization: string | undefined): readonly [user: string, password: string] | null {
  const encoded = BASIC.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon === -1 ? null : [text.slice(0, colon), text.slice(colon + 1)];
}
