/**
 * For whom a call is made, and what it belongs to, as its caller says. Counted by limits and told in usage; proves nothing:
 * who holds the key writes what it wants.
 */

/** Longest name of an end user, in characters. */
export const MAX_END_USER = 256;
/** Most tags of one call; more are passed over. */
export const MAX_TAGS = 8;
/** Longest `Parley-Tags` that is read, in characters; a longer one is passed over whole. */
const MAX_TAGS_HEADER = 1024;

const END_USER = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;
/** What tags are called: small letters, digits, `_`, `.` and `-`; at most 40. */
export const TAG_NAME = /^[a-z0-9][a-z0-9_.-]{0,39}$/;
/** Values of tags: 1 to 64 printable ASCII characters without commas, no space at either end. */
export const TAG_VALUE = /^[\x21-\x2b\x2d-\x7e](?:[\x20-\x2b\x2d-\x7e]{0,62}[\x21-\x2b\x2d-\x7e])?$/;

type Body = Readonly<Record<string, unknown>>;

/** Where a call to a model says in its body whose it is, in order of precedence; the newest names first. */
const IN_BODY: readonly ((body: Body) => unknown)[] = [
  (body) => body['safety_identifier'],
  (body) => body['user'],
  (body) => {
    const { metadata } = body;
    return typeof metadata === 'object' && metadata !== null && Object.hasOwn(metadata, 'user_id')
      ? (metadata as Body)['user_id']
      : undefined;
  },
];

function isEndUser(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_END_USER && END_USER.test(value);
}

/**
 * The end user of a call: its `Parley-User` header; else, of a call to a model, the body's `safety_identifier`, `user` or
 * `metadata.user_id`, the first that can name one: 1 to 256 printable ASCII characters, no space at either end. What cannot is
 * passed over.
 */
export function endUserOf(header: string | null, body: Body | undefined): string | undefined {
  if (header !== null && isEndUser(header)) return header;
  if (body === undefined) return undefined;
  for (const read of IN_BODY) {
    const value = read(body);
    if (isEndUser(value)) return value;
  }
  return undefined;
}

export type Tags = Readonly<Record<string, string>>;

/**
 * The tags of a call: its `Parley-Tags: name=value, name=value` header (several are read as one, joined by commas). Names
 * count in small letters, the first of a name holds; values are 1 to 64 printable ASCII characters without commas. What does
 * not fit is passed over; `undefined` where nothing is left.
 */
export function tagsOf(header: string | null): Tags | undefined {
  if (header === null || header.length > MAX_TAGS_HEADER) return undefined;
  const tags: Record<string, string> = {};
  let count = 0;
  for (const part of header.split(',')) {
    const at = part.indexOf('=');
    if (at === -1) continue;
    const name = part.slice(0, at).trim().toLowerCase();
    const value = part.slice(at + 1).trim();
    if (!TAG_NAME.test(name) || Object.hasOwn(tags, name) || !TAG_VALUE.test(value)) continue;
    tags[name] = value;
    if (++count === MAX_TAGS) break;
  }
  return count === 0 ? undefined : tags;
}
