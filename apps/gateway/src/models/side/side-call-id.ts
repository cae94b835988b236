import { createHash } from 'node:crypto';

/** Side calls of one call: more than any asks; what is beyond is refused. Numbers from here on are of tries that were let go. */
export const MAX_PER_CALL = 64;

/**
 * A UUID of the parent's millisecond, the same for the same parent and number: it lies in the parent's partition, and a record
 * that comes twice is one.
 */
export function sideCallId(parentId: string, number: number): string {
  const hash = createHash('sha256').update(`${parentId} side ${number}`).digest('hex');
  const variant = ((Number.parseInt(hash.charAt(3), 16) & 0x3) | 0x8).toString(16);
  return `${parentId.slice(0, 13)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}
