import { createHash } from 'node:crypto';

/** Eight characters that tell texts apart which became the same. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').replace(/[-_]/g, 'x').slice(0, 8);
}

/**
 * A text made of letters, digits, `_` and `-` only, at most `maxChars` long: the text itself where it is so already. Others
 * keep what they can and are told apart by a hash, so that the same text always becomes the same and no two become one.
 */
export function plainName(text: string, maxChars: number): string {
  if (text.length <= maxChars && /^[a-zA-Z0-9_-]+$/.test(text)) return text;
  const kept = text.slice(0, maxChars - 9).replace(/[^a-zA-Z0-9_-]/g, '_');
  return `${kept}_${shortHash(text)}`;
}

/** Names of tools as a provider takes them, and the way back. */
export class ToolNames {
  readonly #maxChars: number;
  /** By the name sent, the client's own. Only those that differ. */
  readonly changed = new Map<string, string>();

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  write(name: string): string {
    const written = plainName(name, this.#maxChars);
    if (written !== name) this.changed.set(written, name);
    return written;
  }
}
