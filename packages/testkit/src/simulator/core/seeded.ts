import { createHash } from 'node:crypto';

/** Hex SHA-256 of a JSON value, as serialised in the order its keys were written. */
export function fingerprint(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? 'undefined')
    .digest('hex');
}

export interface Dice {
  /** A fraction in [0, 1). */
  fraction(): number;
  /** An integer in [low, high], both included. */
  integer(low: number, high: number): number;
  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T;
}

/** Random numbers that depend on the seed text alone (mulberry32 seeded with SHA-256). */
export function seededDice(seed: string): Dice {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (low: number, high: number): number => low + Math.floor(fraction() * (high - low + 1));
  return {
    fraction,
    integer,
    pick: (items) => {
      if (items.length === 0) throw new Error('nothing to pick from');
      return items[integer(0, items.length - 1)] as (typeof items)[number];
    },
  };
}
