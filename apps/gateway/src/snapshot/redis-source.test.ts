import { redisKeys } from '@parley/contracts/redis-keys';
import { WHOLE_BELOW_BYTES } from '@parley/contracts/snapshot-parts';
import { parseEnv } from '@parley/env/parse';
import { storesEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryJobQueue } from '../ports/job-queue.ts';
import { redisSource } from './redis-source.ts';

const redis = new Redis(parseEnv(storesEnv).REDIS_URL);
afterAll(() => redis.disconnect());

it('asks for a republish once, however many nodes and calls find Redis empty', async () => {
  const jobs = memoryJobQueue();
  const nodes = [redisSource(redis, jobs), redisSource(redis, jobs), redisSource(redis, jobs)];
  await redis.del(redisKeys.republishAsked);
  await Promise.all(nodes.map((node) => node.askRepublish('empty')));
  expect(jobs.jobs).toEqual([{ name: 'snapshot.republish', payload: { reason: 'empty' }, jobId: undefined }]);
  expect(await redis.ttl(redisKeys.republishAsked)).toBeGreaterThan(0);
});

describe('a document', () => {
  const source = redisSource(redis, memoryJobQueue());
  /** A document of this version: small, or long enough to be in parts; with letters of several bytes. */
  const json = (version: number, bytes = 0) => `{"version":${version},"text":"é${'x'.repeat(bytes)}"}`;
  const large = (version: number) => json(version, WHOLE_BELOW_BYTES);
  const manifest = (version: number) => `{"version":${version},"rest":{}}`;

  async function stored(document: string | null, manifestJson: string | null): Promise<string> {
    const id = newId();
    if (document !== null) await redis.set(redisKeys.tenantSnapshot(id), document);
    if (manifestJson !== null) await redis.set(redisKeys.snapshotManifest('tenant', id), manifestJson);
    return id;
  }
  const read = async (id: string, announced: number | null = null) => source.document('tenant', id, announced);

  it('is its manifest where it is large, and the manifest is of its version or a later one', async () => {
    expect(await read(await stored(large(4), manifest(4)))).toEqual({ form: 'manifest', json: manifest(4) });
    expect(await read(await stored(large(4), manifest(5)))).toEqual({ form: 'manifest', json: manifest(5) });
  });

  it('is whole where a worker of the release before has published since, or always has', async () => {
    expect(await read(await stored(large(5), manifest(4)))).toEqual({ form: 'whole', json: large(5) });
    expect(await read(await stored(large(5), manifest(4)), 5)).toEqual({ form: 'whole', json: large(5) });
    expect(await read(await stored(large(5), null))).toEqual({ form: 'whole', json: large(5) });
  });

  it('is whole where it is small, up to the last byte', async () => {
    const just = json(1, WHOLE_BELOW_BYTES - Buffer.byteLength(json(1)) - 1);
    expect(Buffer.byteLength(just)).toBe(WHOLE_BELOW_BYTES - 1);
    for (const document of [json(4), just, `${just} `]) {
      expect(await read(await stored(document, null))).toEqual({ form: 'whole', json: document });
    }
  });

  it('is not there when it was deleted, though an older worker left its manifest', async () => {
    expect(await read(await stored(null, manifest(4)))).toBeNull();
    expect(await read(await stored(null, manifest(4)), 5)).toBeNull();
  });

  it('gives the parts that are there', async () => {
    const id = newId();
    await redis.hset(redisKeys.snapshotParts('tenant', id), { a: '1', b: '2' });
    expect(await source.parts('tenant', id, ['b', 'gone', 'a'])).toEqual(['2', null, '1']);
  });
});
