import { redisKeys } from '@parley/contracts/redis-keys';
import type { Protocol } from '@parley/llm/neutral/call';
import type { Redis } from 'ioredis';

/** What is known of a kept stream without opening what is sealed. */
export interface StreamFacts {
  /** Of the call, and of its record. */
  readonly id: string;
  readonly applicationId: string;
  /** The publisher's. */
  readonly tenantId: string;
  readonly apiId: string;
  /** Whom the caller's credential named, where that is more than a key. */
  readonly subject: string;
  readonly dialect: Protocol | null;
  readonly contentType: string;
  readonly model: string;
  readonly createdS: number;
  /** How long it is kept after its last event. */
  readonly keepMs: number;
}

export interface StreamView {
  readonly facts: StreamFacts;
  /** `kept` stays until its end: then it is whole, or `cut`: no more of it was kept, or it was cancelled. */
  readonly state: 'open' | 'whole' | 'cut';
  /** Its gateway has been heard of lately. */
  readonly alive: boolean;
  readonly cancelled: boolean;
}

/** Some of a stream's events: `last` is the number of the last one. */
export interface StreamPart {
  readonly last: number;
  readonly sealed: Buffer;
}

/** What a gateway is told of a stream it writes. */
export interface StreamSign {
  readonly watched: boolean;
  readonly cancelled: boolean;
}

/** Streams of answers that may be taken up again, in Redis. All methods reject while Redis is away. */
export interface StreamStore {
  open(facts: StreamFacts, aliveMs: number): Promise<void>;
  append(id: string, part: StreamPart, keepMs: number): Promise<void>;
  close(id: string, state: 'whole' | 'cut', keepMs: number): Promise<void>;
  /** Says that the writer lives; answers what it has to know. */
  beat(id: string, aliveMs: number): Promise<StreamSign>;
  view(id: string): Promise<StreamView | null>;
  /** Parts that hold events after this number, oldest first. */
  after(id: string, last: number, most: number): Promise<StreamPart[]>;
  /** The last part. */
  end(id: string): Promise<StreamPart | null>;
  /** Somebody reads it. */
  watch(id: string, forMs: number): Promise<void>;
  cancel(id: string): Promise<void>;
}

function partOf([id, fields]: readonly [Buffer, Buffer[]]): StreamPart {
  return { last: Number.parseInt(id.toString(), 10), sealed: fields[1] ?? Buffer.alloc(0) };
}

/** Kept streams in Redis: each a hash of what is known, and a stream of its events. */
export function redisStreamStore(redis: Redis): StreamStore {
  const head = (id: string): string => redisKeys.keptStream(id, 'head');
  const events = (id: string): string => redisKeys.keptStream(id, 'events');
  const alive = (id: string): string => redisKeys.keptStream(id, 'alive');
  const watched = (id: string): string => redisKeys.keptStream(id, 'watched');
  const run = async (work: ReturnType<Redis['multi']>): Promise<unknown[]> => {
    const done = (await work.exec()) ?? [];
    return done.map(([error, value]) => {
      if (error !== null) throw error;
      return value;
    });
  };
  const parts = async (...given: (string | number)[]): Promise<StreamPart[]> =>
    ((await redis.callBuffer(...(given as [string]))) as [Buffer, Buffer[]][]).map(partOf);
  return {
    async open(facts, aliveMs) {
      const { id, keepMs } = facts;
      const known = redis.multi().hset(head(id), 'f', JSON.stringify(facts), 's', 'open');
      await run(known.pexpire(head(id), keepMs).set(alive(id), '1', 'PX', aliveMs));
    },
    async append(id, { last, sealed }, keepMs) {
      const added = redis.multi().xadd(events(id), `${last}-0`, 'd', sealed);
      await run(added.pexpire(events(id), keepMs).pexpire(head(id), keepMs));
    },
    async close(id, state, keepMs) {
      await run(redis.multi().hset(head(id), 's', state).pexpire(head(id), keepMs).pexpire(events(id), keepMs));
    },
    async beat(id, aliveMs) {
      const asked = redis.multi().set(alive(id), '1', 'PX', aliveMs).exists(watched(id)).hget(head(id), 'c');
      const [, seen, cancelled] = await run(asked);
      return { watched: seen === 1, cancelled: cancelled === '1' };
    },
    async view(id) {
      const [known, lives] = await run(redis.multi().hmget(head(id), 'f', 's', 'c').exists(alive(id)));
      const [facts, state, cancelled] = known as (string | null)[];
      if (!facts || !state) return null;
      return {
        facts: JSON.parse(facts) as StreamFacts,
        state: state as StreamView['state'],
        alive: lives === 1,
        cancelled: cancelled === '1',
      };
    },
    after: (id, last, most) => parts('XRANGE', events(id), `(${last}-0`, '+', 'COUNT', most),
    end: async (id) => (await parts('XREVRANGE', events(id), '+', '-', 'COUNT', 1))[0] ?? null,
    async watch(id, forMs) {
      await redis.set(watched(id), '1', 'PX', forMs);
    },
    async cancel(id) {
      await redis.hset(head(id), 'c', '1');
    },
  };
}
