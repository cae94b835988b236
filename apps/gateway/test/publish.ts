import { namesOfApplication } from '@parley/contracts/identity';
import { redisKeys } from '@parley/contracts/redis-keys';
import type { ApplicationSnapshot, SnapshotChange, TenantSnapshot } from '@parley/contracts/snapshot';
import { namesOfTenant } from '@parley/contracts/tenant-names';
import type { Redis } from 'ioredis';

async function announce(redis: Redis, change: SnapshotChange): Promise<void> {
  await redis.xadd(redisKeys.changes, '*', 'change', JSON.stringify(change));
}

/** Publishes documents the way the worker does: document, index and announcement in one transaction. */
export async function publishTenant(redis: Redis, doc: TenantSnapshot): Promise<void> {
  const transaction = redis.multi();
  transaction.set(redisKeys.tenantSnapshot(doc.tenantId), JSON.stringify(doc));
  for (const name of namesOfTenant(doc)) transaction.hset(redisKeys.tenantSlugs, name, doc.tenantId);
  transaction.set(redisKeys.complete, '1');
  await transaction.exec();
  await announce(redis, { kind: 'tenant', id: doc.tenantId, version: doc.version });
}

export async function publishApplication(redis: Redis, doc: ApplicationSnapshot): Promise<void> {
  const transaction = redis.multi();
  transaction.set(redisKeys.applicationSnapshot(doc.applicationId), JSON.stringify(doc));
  for (const name of namesOfApplication(doc)) transaction.hset(redisKeys.secretIndex, name, doc.applicationId);
  await transaction.exec();
  await announce(redis, { kind: 'application', id: doc.applicationId, version: doc.version });
}

export async function deleteApplication(redis: Redis, doc: ApplicationSnapshot): Promise<void> {
  await redis.del(redisKeys.applicationSnapshot(doc.applicationId));
  await announce(redis, { kind: 'application', id: doc.applicationId, version: doc.version + 1 });
}
