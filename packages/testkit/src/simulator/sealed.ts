import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Opaque tokens a provider hands out and takes back (encrypted reasoning, thought signatures): sealed here so that one
 * that was changed, moved or made up is told from one that was given out. The key is no secret; it need not be.
 */
const KEY = 'parley-simulator';

function seal(content: string, bound: string): string {
  return createHmac('sha256', KEY).update(`${bound}\n${content}`).digest('base64url').slice(0, 32);
}

/** Seals a text to what it is bound to (an account, the call it belongs to): base64url, longer than a real one's least. */
export function sealed(content: string, bound: string): string {
  return Buffer.from(JSON.stringify({ simulated: true, content, seal: seal(content, bound) })).toString('base64url');
}

/** What was sealed, or null when the token is not one of ours, was changed, or is bound to something else. */
export function unsealed(token: string, bound: string): string | null {
  try {
    const read = JSON.parse(Buffer.from(token, 'base64url').toString()) as { content?: unknown; seal?: unknown };
    if (typeof read.content !== 'string' || typeof read.seal !== 'string') return null;
    const right = Buffer.from(seal(read.content, bound));
    const given = Buffer.from(read.seal);
    return right.length === given.length && timingSafeEqual(right, given) ? read.content : null;
  } catch {
    return null;
  }
}
