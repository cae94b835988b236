import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UsageEvent } from '@parley/contracts/usage-event';
import { readUsageLines } from '@parley/contracts/usage-lines';
import { parseEnv } from '@parley/env/parse';
import { storesEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import { noopLogger } from '@parley/telemetry/logger';
import { waitFor } from '@parley/testkit/wait-for';
import { Redis } from 'ioredis';
import { type Gateway, type GatewayOptions, startGateway } from '../src/gateway.ts';
import { memoryJobQueue } from '../src/ports/job-queue.ts';
import { MASTER_KEY, PEPPER } from './documents.ts';

export function testRedisUrl(): string {
  return parseEnv(storesEnv).REDIS_URL;
}

export interface World {
  readonly redis: Redis;
  readonly gateway: Gateway;
  readonly url: string;
  readonly node: string;
  /** Nodes of the same group answer each other's calls that wait. */
  readonly group: string;
  readonly jobs: ReturnType<typeof memoryJobQueue>;
  /** Usage events handed over so far. */
  events(): UsageEvent[];
  /** The event of a request, once it has been handed over. */
  event(requestId: string | null): Promise<UsageEvent>;
  close(): Promise<void>;
}

/** A gateway on real Redis, with its jobs kept in a list. Each world has folders and a node name of its own. */
export async function openWorld(more: Partial<GatewayOptions> = {}): Promise<World> {
  const redisUrl = testRedisUrl();
  const redis = new Redis(redisUrl);
  const folder = mkdtempSync(join(tmpdir(), 'parley-gateway-'));
  const node = `node-${newId().slice(-8)}`;
  const jobs = memoryJobQueue();
  const gateway = await startGateway({
    redisUrl,
    masterKey: MASTER_KEY,
    keyPepper: PEPPER,
    node,
    host: '127.0.0.1',
    port: 0,
    portalUrl: 'https://portal.test',
    spoolDir: join(folder, 'spool'),
    snapshotDir: join(folder, 'snapshot'),
    allowedPrivate: ['127.0.0.0/8', '::1/128'],
    log: noopLogger,
    jobs,
    drainMs: 2000,
    // Worlds do not answer each other's calls.
    backgroundGroup: node,
    background: { pollMs: 50 },
    streams: { beatMs: 100, lookMs: 10 },
    ...more,
  });
  const events = (): UsageEvent[] =>
    jobs.jobs.flatMap(({ name, payload }) =>
      name === 'usage.ingest' ? (readUsageLines((payload as { lines: string }).lines).events as UsageEvent[]) : [],
    );
  return {
    redis,
    gateway,
    url: `http://127.0.0.1:${gateway.port}`,
    node,
    group: more.backgroundGroup ?? node,
    jobs,
    events,
    event: (requestId) =>
      waitFor(`the usage event of ${requestId}`, () => events().find((event) => event.id === requestId)),
    async close() {
      await gateway.close();
      redis.disconnect();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
