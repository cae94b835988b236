import { redisKeys } from '@parley/contracts/redis-keys';
import { type SnapshotChange, snapshotChangeSchema } from '@parley/contracts/snapshot';
import type { Logger } from '@parley/telemetry/logger';
import type { Redis } from 'ioredis';

export interface FollowOptions {
  /** A connection of its own: it blocks. */
  readonly redis: Redis;
  readonly apply: (change: SnapshotChange) => Promise<void>;
  readonly revalidate: () => Promise<void>;
  /** Time that applying changes has taken of this thread so far, in milliseconds. */
  readonly busyMs: () => number;
  readonly log: Logger;
}

export interface Follower {
  /** Resolves when the first position in the stream is known: from then on no change is missed. */
  readonly started: Promise<void>;
  /** Whether changes are being followed at this moment. */
  following(): boolean;
  stop(): Promise<void>;
}

const BLOCK_MS = 2000;
const BATCH = 1000;
const RETRY_MS = 200;
/** Documents that are fetched at the same time. */
const LANES = 16;
/** After changes that took time comes a rest this many times as long, up to the most: changes in a flood are taken together. */
const REST_TIMES = 10;
const MOST_REST_MS = 100;

function compareIds(a: string, b: string): number {
  const [aMs = '0', aSeq = '0'] = a.split('-');
  const [bMs = '0', bSeq = '0'] = b.split('-');
  return Number(aMs) - Number(bMs) || Number(aSeq) - Number(bSeq);
}

/**
 * Follows the stream of changes: applies them as they come, and has everything revalidated when some may have been missed
 * (after a broken connection, when the stream was trimmed past our position, or when Redis came back with another one).
 */
export function follow(options: FollowOptions): Follower {
  const { redis, apply, revalidate, busyMs, log } = options;
  let stopped = false;
  let following = false;
  let position: string | null = null;
  let markStarted: () => void = () => {};
  const started = new Promise<void>((resolve) => {
    markStarted = resolve;
  });

  async function newest(): Promise<string> {
    const [entry] = await redis.xrevrange(redisKeys.changes, '+', '-', 'COUNT', 1);
    return entry?.[0] ?? '0-0';
  }

  async function trimmedPast(id: string): Promise<boolean> {
    const [first] = await redis.xrange(redisKeys.changes, '-', '+', 'COUNT', 1);
    return first === undefined ? id !== '0-0' : compareIds(first[0], id) > 0;
  }

  /** Takes up a position; whatever is loaded (before, or from the copy on disk) is then checked against Redis. */
  async function resume(): Promise<void> {
    position = await newest();
    await revalidate();
    following = true;
    markStarted();
  }

  function read(id: string, fields: readonly string[]): SnapshotChange | null {
    try {
      return snapshotChangeSchema.parse(JSON.parse(fields[fields.indexOf('change') + 1] ?? ''));
    } catch (error) {
      log.error('an entry of the change stream is unusable', { id, error });
      return null;
    }
  }

  /** Applies changes, each document's latest. */
  async function applyEntries(entries: readonly [string, string[]][]): Promise<void> {
    const latest = new Map<string, SnapshotChange>();
    for (const [id, fields] of entries) {
      const change = read(id, fields);
      if (change) latest.set(`${change.kind}:${change.id}`, change);
    }
    const waiting = latest.values();
    const lane = async (): Promise<void> => {
      for (const change of waiting) await apply(change);
    };
    await Promise.all(Array.from({ length: Math.min(LANES, latest.size) }, lane));
    position = entries.at(-1)?.[0] ?? position;
  }

  /** Keeps what changes cost to a share of this thread's time, however many come. */
  async function rest(busyMs: number): Promise<void> {
    const restMs = Math.min(busyMs * REST_TIMES, MOST_REST_MS);
    if (restMs >= 1 && !stopped) await new Promise((resolve) => setTimeout(resolve, restMs));
  }

  async function step(): Promise<void> {
    if (!following) await resume();
    const from = position as string;
    const reply = await redis.xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', redisKeys.changes, from);
    const entries = reply?.[0]?.[1] ?? [];
    if (entries.length === BATCH && (await trimmedPast(from))) return resume();
    if (entries.length === 0 && compareIds(await newest(), from) < 0) return resume();
    const before = busyMs();
    await applyEntries(entries);
    await rest(busyMs() - before);
  }

  async function run(): Promise<void> {
    while (!stopped) {
      try {
        await step();
      } catch (error) {
        if (stopped) return;
        if (following) log.warn('configuration changes cannot be followed at the moment', { error });
        following = false;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  const running = run();
  return {
    started,
    following: () => following,
    async stop() {
      stopped = true;
      redis.disconnect();
      await running;
    },
  };
}
