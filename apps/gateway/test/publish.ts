import { namesOfApplication } from '@parley/contracts/identity';
import { redisKeys } from '@parley/contracts/redis-keys';
import type { ApplicationSnapshot, SnapshotChange, TenantSnapshot } from '@parley/contracts/snapshot';
import { splitApplication, splitTenant, WHOLE_BELOW_BYTES } from '@parley/contracts/snapshot-parts';
import { namesOfTenant } from '@parley/contracts/tenant-names';
import { newId } from '@parley/kernel/id';
import type { ChainableCommander, Redis } from 'ioredis';

async function announce(redis: Redis, change: SnapshotChange): Promise<void> {
  await redis.xadd(redisKeys.changes, '*', 'change', JSON.stringify(change));
}

/** Stores a document whole, and where it is large in parts as well. */
function store(transaction: ChainableCommander, doc: TenantSnapshot | ApplicationSnapshot): void {
  const isTenant = 'apis' in doc;
  const [kind, id] = isTenant ? (['tenant', doc.tenantId] as const) : (['application', doc.applicationId] as const);
  const json = JSON.stringify(doc);
  transaction.set(isTenant ? redisKeys.tenantSnapshot(id) : redisKeys.applicationSnapshot(id), json);
  transaction.del(redisKeys.snapshotManifest(kind, id), redisKeys.snapshotParts(kind, id));
  if (Buffer.byteLength(json) < WHOLE_BELOW_BYTES) return;
  const { manifest, parts } = isTenant ? splitTenant(doc) : splitApplication(doc);
  transaction.set(redisKeys.snapshotManifest(kind, id), manifest);
  transaction.hset(redisKeys.snapshotParts(kind, id), Object.fromEntries(parts));
}

/** Publishes documents the way the worker does: document, index and announcement in one transaction. */
export async function publishTenant(redis: Redis, doc: TenantSnapshot): Promise<void> {
  const transaction = redis.multi();
  store(transaction, doc);
  for (const name of namesOfTenant(doc)) transaction.hset(redisKeys.tenantSlugs, name, doc.tenantId);
  transaction.set(redisKeys.complete, '1');
  transaction.set(redisKeys.limitEpoch, JSON.stringify({ id: newId(), cutoffMs: 0 }), 'NX');
  await transaction.exec();
  await announce(redis, { kind: 'tenant', id: doc.tenantId, version: doc.version });
}

export async function publishApplication(redis: Redis, doc: ApplicationSnapshot): Promise<void> {
  const transaction = redis.multi();
  store(transaction, doc);
  for (const name of namesOfApplication(doc)) transaction.hset(redisKeys.secretIndex, name, doc.applicationId);
  await transaction.exec();
  await announce(redis, { kind: 'application', id: doc.applicationId, version: doc.version });
}

export async function deleteApplication(redis: Redis, doc: ApplicationSnapshot): Promise<void> {
  await redis.del(
    redisKeys.applicationSnapshot(doc.applicationId),
    redisKeys.snapshotManifest('application', doc.applicationId),
    redisKeys.snapshotParts('application', doc.applicationId),
  );
  await announce(redis, { kind: 'application', id: doc.applicationId, version: doc.version + 1 });
}
