import { fingerprint } from './seeded.ts';

/** A cache of prompts up to marked places, as Anthropic's models have (Anthropic docs, Prompt caching). */
const LEAST_TOKENS = 1024;
/** A breakpoint finds entries written up to this many segments before it. */
const LOOK_BACK = 20;
const LIVES_MS = { '5m': 5 * 60_000, '1h': 60 * 60_000 } as const;
const MOST_ENTRIES = 5_000;

export type Life = keyof typeof LIVES_MS;

/** One piece of a prompt, in the order tools, system, messages. */
export interface Segment {
  readonly place: string;
  readonly content: unknown;
  readonly tokens: number;
  /** How long the prompt up to here is to be kept; null where there is no breakpoint. */
  readonly life: Life | null;
}

export interface CacheUse {
  /** Tokens read from the cache. */
  readonly read: number;
  /** Tokens written, by how long they live. */
  readonly written: Readonly<Record<Life, number>>;
}

export interface BreakpointCache {
  /** Reads and writes the cache for a prompt of `total` tokens. */
  use(model: string, segments: readonly Segment[], total: number): CacheUse;
  clear(): void;
}

/** The cache of one simulator. */
export const breakpointCache = (): BreakpointCache => breakpointCacheAt(Date.now);

/** `now` is the clock, in milliseconds. */
export function breakpointCacheAt(now: () => number): BreakpointCache {
  const entries = new Map<string, { expiresMs: number; life: Life }>();

  function remember(key: string, life: Life): void {
    entries.delete(key);
    entries.set(key, { expiresMs: now() + LIVES_MS[life], life });
    if (entries.size > MOST_ENTRIES) entries.delete(entries.keys().next().value as string);
  }

  return {
    clear: () => entries.clear(),
    use(model, segments, total) {
      const written = { '5m': 0, '1h': 0 };
      const ends: number[] = [];
      const keys: string[] = [];
      let sum = 0;
      let key = fingerprint(model);
      for (const { content, tokens } of segments) {
        sum = Math.min(sum + tokens, total);
        key = fingerprint([key, content]);
        ends.push(sum);
        keys.push(key);
      }
      const breakpoints = segments.flatMap(({ life }, at) => (life === null ? [] : [{ at, life }]));
      let read = 0;
      for (const { at } of breakpoints) {
        for (let back = at; back >= 0 && back > at - LOOK_BACK; back--) {
          const entry = entries.get(keys[back] ?? '');
          if (!entry || entry.expiresMs < now()) continue;
          read = Math.max(read, ends[back] ?? 0);
          remember(keys[back] ?? '', entry.life);
          break;
        }
      }
      let covered = read;
      for (const { at, life } of breakpoints) {
        const end = ends[at] ?? 0;
        if (end < LEAST_TOKENS) continue;
        written[life] += Math.max(0, end - covered);
        covered = Math.max(covered, end);
        remember(keys[at] ?? '', life);
      }
      return { read, written };
    },
  };
}
