import { randomFillSync } from 'node:crypto';

const pool = new Uint8Array(4096);
let poolAt = pool.length;
let lastMs = 0;
let sequence = 0;

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function takeRandom(count: number): number {
  if (poolAt + count > pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  const at = poolAt;
  poolAt += count;
  return at;
}

/**
 * A UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then a 12-bit counter that keeps ids of one process
 * rising within a millisecond (method 1), then 62 random bits.
 */
export function newId(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    const at = takeRandom(1);
    sequence = pool[at] as number;
  } else if (++sequence > 0xfff) {
    lastMs += 1;
    sequence = 0;
  }
  const ms = lastMs;
  const high = Math.floor(ms / 0x1_0000_0000);
  const low = ms >>> 0;
  const r = takeRandom(8);
  const hex = (byte: number): string => HEX[byte & 0xff] as string;
  return (
    `${hex(high >> 8)}${hex(high)}${hex(low >>> 24)}${hex(low >>> 16)}-${hex(low >>> 8)}${hex(low)}-` +
    `${hex(0x70 | (sequence >> 8))}${hex(sequence)}-${hex(0x80 | ((pool[r] as number) & 0x3f))}${hex(pool[r + 1] as number)}-` +
    `${hex(pool[r + 2] as number)}${hex(pool[r + 3] as number)}${hex(pool[r + 4] as number)}` +
    `${hex(pool[r + 5] as number)}${hex(pool[r + 6] as number)}${hex(pool[r + 7] as number)}`
  );
}

/** True for a lower-case UUID of any RFC 9562 version. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** Unix milliseconds held in a UUIDv7. */
export function idTimeMs(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** UTC calendar day (`YYYY-MM-DD`) a UUIDv7 was made on; the partition of the usage event that carries the id. */
export function idDay(id: string): string {
  return new Date(idTimeMs(id)).toISOString().slice(0, 10);
}
