import { redisKeys } from '@parley/contracts/redis-keys';
import type { Redis } from 'ioredis';
import type { FileFacts } from './file.ts';
import { DROP, FILE, LIST, PART } from './file-scripts.ts';

/** Pieces of a file that never becomes one are gone after this. */
const UNFINISHED_MS = 3_600_000;

export interface Page {
  /** Id after which it begins; empty for the first. */
  readonly after: string;
  readonly newestFirst: boolean;
  readonly most: number;
}

/** A file on its way. `mostBytes`: of all that is kept of its application, this file included. */
export interface FilePlace {
  readonly id: string;
  readonly applicationId: string;
  readonly mostBytes: number;
}

/** Files that applications uploaded, and those their batches made, in Redis. All methods reject while Redis is away. */
export interface FileStore {
  /** Keeps a piece; `heavy` where its application has no more room. */
  part(of: FilePlace, number: number, sealed: Buffer): Promise<'ok' | 'heavy'>;
  /** Makes a file of the pieces that were kept. */
  finish(facts: FileFacts): Promise<void>;
  view(id: string): Promise<FileFacts | null>;
  read(id: string, number: number): Promise<Buffer | null>;
  /** `used`: a batch that has not ended reads it. `null`: there is none. */
  drop(id: string): Promise<'ok' | 'used' | null>;
  list(applicationId: string, page: Page): Promise<FileFacts[]>;
}

/** Files of one group of nodes; those of another group are not seen. */
export function redisFileStore(redis: Redis, group: string): FileStore {
  const root = redisKeys.batches(group, '');
  const fileKey = (id: string): string => redisKeys.batches(group, `file:${id}`);
  const run = (script: string, ...given: (string | number | Buffer)[]): Promise<unknown> =>
    redis.eval(script, 1, root, ...given);
  const view = async (id: string): Promise<FileFacts | null> => {
    const facts = await redis.hget(fileKey(id), 'f');
    return facts === null ? null : (JSON.parse(facts) as FileFacts);
  };
  return {
    part: async ({ id, applicationId, mostBytes }, number, sealed) =>
      (await run(PART, id, applicationId, number, sealed, mostBytes, UNFINISHED_MS)) as 'ok' | 'heavy',
    async finish(facts) {
      const listed = facts.purpose === 'batch_calls' ? 0 : 1;
      await run(FILE, facts.id, facts.applicationId, JSON.stringify(facts), facts.expiresAtMs, listed);
    },
    view,
    read: (id, number) => redis.hgetBuffer(redisKeys.batches(group, `part:${id}`), String(number)),
    async drop(id) {
      const said = await run(DROP, id);
      return said === '' ? null : (said as 'ok' | 'used');
    },
    async list(applicationId, { after, newestFirst, most }) {
      const ids = (await run(LIST, applicationId, 'files', after, newestFirst ? 1 : 0, most)) as string[];
      return (await Promise.all(ids.map(view))).filter((found) => found !== null);
    },
  };
}
