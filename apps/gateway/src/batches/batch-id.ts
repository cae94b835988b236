import { createHash } from 'node:crypto';

/** How an id is written towards a client: a prefix and the 32 hex digits of a UUID. */
export type IdPrefix = 'file-' | 'batch_' | 'msgbatch_' | 'batch_req_';

const DASHES = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

export function shownId(prefix: IdPrefix, id: string): string {
  return prefix + id.replaceAll('-', '');
}

/** The UUID of such an id; empty for what is none. */
export function readId(prefix: IdPrefix, shown: string): string {
  const hex = shown.startsWith(prefix) ? shown.slice(prefix.length) : '';
  return /^[0-9a-f]{32}$/.test(hex) ? hex.replace(DASHES, '$1-$2-$3-$4-$5') : '';
}

/**
 * The id of something that belongs to a batch: the same whenever and wherever it is made, so that a line which is begun
 * anew is recorded once. A UUIDv7 of the batch's own millisecond; its other bits are a digest (SHA-256) of batch and name.
 */
export function idWithin(batchId: string, name: string): string {
  const bytes = createHash('sha256').update(`${batchId}:${name}`).digest();
  bytes[6] = 0x70 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  const hex = batchId.replaceAll('-', '').slice(0, 12) + bytes.toString('hex', 6, 16);
  return hex.replace(DASHES, '$1-$2-$3-$4-$5');
}
