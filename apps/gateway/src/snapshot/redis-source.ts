import { redisKeys } from '@parley/contracts/redis-keys';
import { leadingVersion, WHOLE_BELOW_BYTES } from '@parley/contracts/snapshot-parts';
import type { Redis } from 'ioredis';
import type { JobQueue } from '../ports/job-queue.ts';
import type { DocumentKind, SnapshotSource, StoredDocument } from './source.ts';

const ASK_AGAIN_SECONDS = 15;

/** A document's version counts, wherever it is read: an older worker leaves manifests behind. */
function isFrom(manifest: string | null, version: number | null): manifest is string {
  const found = manifest === null ? null : leadingVersion(manifest);
  return found !== null && version !== null && found >= version;
}

async function readDocument(redis: Redis, kind: DocumentKind, id: string): Promise<StoredDocument | null> {
  const key = kind === 'tenant' ? redisKeys.tenantSnapshot(id) : redisKeys.applicationSnapshot(id);
  const [start, manifest] = await Promise.all([
    redis.getrange(key, 0, WHOLE_BELOW_BYTES - 1),
    redis.get(redisKeys.snapshotManifest(kind, id)),
  ]);
  if (start === '') return null;
  if (Buffer.byteLength(start) < WHOLE_BELOW_BYTES) return { form: 'whole', json: start };
  if (isFrom(manifest, leadingVersion(start))) return { form: 'manifest', json: manifest };
  const whole = await redis.get(key);
  return whole === null ? null : { form: 'whole', json: whole };
}

/** Reads documents from Redis under the names of `redisKeys`. */
export function redisSource(redis: Redis, jobs: JobQueue): SnapshotSource {
  return {
    tenantIdOf: (slug) => redis.hget(redisKeys.tenantSlugs, slug),
    applicationIdOf: (name) => redis.hget(redisKeys.secretIndex, name),
    async document(kind, id, announced) {
      if (announced !== null) {
        const manifest = await redis.get(redisKeys.snapshotManifest(kind, id));
        if (isFrom(manifest, announced)) return { form: 'manifest', json: manifest };
      }
      return readDocument(redis, kind, id);
    },
    parts: (kind, id, names) => redis.hmget(redisKeys.snapshotParts(kind, id), ...names),
    isComplete: async () => (await redis.exists(redisKeys.complete)) === 1,
    async askRepublish(reason) {
      const first = await redis.set(redisKeys.republishAsked, '1', 'EX', ASK_AGAIN_SECONDS, 'NX');
      if (first === 'OK') await jobs.enqueue('snapshot.republish', { reason });
    },
  };
}
