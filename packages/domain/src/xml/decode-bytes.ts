const CHARSET = /charset\s*=\s*["']?([\w.:-]{1,40})/i;
const DECLARED = /^<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/;
const KNOWN = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['utf-16', 'utf-16le'],
  ['utf-16le', 'utf-16le'],
  ['utf-16be', 'utf-16be'],
  ['iso-8859-1', 'windows-1252'],
  ['windows-1252', 'windows-1252'],
]);

/**
 * The text of an XML document's bytes: by byte order mark, by the charset of its media type, by its own declaration, else
 * UTF-8 (RFC 7303 §3). `null` for other encodings and for bytes that are not in theirs.
 */
export function decodeXmlBytes(bytes: Uint8Array, contentType: string): string | null {
  const declared = (): string | undefined => DECLARED.exec(latin(bytes.subarray(0, 256)))?.[1];
  const label = markOf(bytes) ?? CHARSET.exec(contentType)?.[1] ?? declared() ?? 'utf-8';
  const encoding = KNOWN.get(label.toLowerCase());
  if (encoding === undefined) return null;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function markOf([first, second]: Uint8Array): string | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xef && second === 0xbb ? 'utf-8' : null;
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
