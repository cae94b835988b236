import { createHash } from 'node:crypto';

/**
 * Entity tags (RFC 9110 §8.8.3) of mapped answers. A mapped body is another representation: its tag is weak, and names the
 * mapping, so that nobody keeps what an earlier mapping made. Back from the caller it becomes the upstream's own again.
 */
const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
const TAGS = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/** Names a mapping by what it says. */
export function printOf(mapping: unknown): string {
  return createHash('sha256').update(JSON.stringify(mapping)).digest('hex').slice(0, 8);
}

/** The tag of what a mapping makes; `null` for what is no tag. */
export function tagAfter(tag: string, print: string): string | null {
  const [, weak, opaque] = TAG.exec(tag.trim()) ?? [];
  return opaque === undefined ? null : `W/"${opaque}.${weak ? 'w' : 's'}${print}"`;
}

/** The upstream's tag of one that this mapping made; `null` for any other. */
function tagBefore(tag: string, print: string): string | null {
  const [, , opaque = ''] = TAG.exec(tag) ?? [];
  if (!opaque.endsWith(print)) return null;
  const bare = opaque.slice(0, -print.length);
  if (bare.endsWith('.s')) return `"${bare.slice(0, -2)}"`;
  return bare.endsWith('.w') ? `W/"${bare.slice(0, -2)}"` : null;
}

/** `If-None-Match` for the upstream: tags that this mapping made, and no others; `null` when none are left. */
export function knownTags(value: string, print: string): string | null {
  if (value.trim() === '*') return value;
  const known = (value.match(TAGS) ?? []).flatMap((tag) => tagBefore(tag, print) ?? []);
  return known.length === 0 ? null : known.join(', ');
}

/** `If-Match` for the upstream: every tag stays, those of this mapping as the upstream knows them. */
export function ownTags(value: string, print: string): string {
  return value.replace(TAGS, (tag) => tagBefore(tag, print) ?? tag);
}

/** What a request asks of the upstream's answer when that is going to be mapped: all of it, as it is. */
export function askForWhole(flat: readonly string[], print: string): string[] {
  const asked: string[] = [];
  for (let at = 0; at < flat.length; at += 2) {
    const name = flat[at] as string;
    const value = flat[at + 1] as string;
    if (name === 'range' || name === 'if-range' || name === 'if-modified-since' || name === 'accept-encoding') continue;
    if (name === 'if-match') asked.push(name, ownTags(value, print));
    else if (name !== 'if-none-match') asked.push(name, value);
    else {
      const known = knownTags(value, print);
      if (known !== null) asked.push(name, known);
    }
  }
  asked.push('accept-encoding', 'identity');
  return asked;
}
