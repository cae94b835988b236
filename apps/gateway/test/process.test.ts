import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UsageEvent } from '@parley/contracts/usage-event';
import { readUsageLines } from '@parley/contracts/usage-lines';
import { newId } from '@parley/kernel/id';
import { noopLogger } from '@parley/telemetry/logger';
import { type Child, startChild } from '@parley/testkit/child';
import { freePort } from '@parley/testkit/free-port';
import { waitFor } from '@parley/testkit/wait-for';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryJobQueue } from '../src/ports/job-queue.ts';
import { Spool } from '../src/ports/meter/spool.ts';
import { apiKey, application, MASTER_KEY, PEPPER, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { testRedisUrl } from './world.ts';

let redis: Redis;
let backend: UpstreamServer;
let folder: string;
let port: number;
let secret: string;
let slug: string;

beforeAll(async () => {
  redis = new Redis(testRedisUrl());
  backend = await startUpstream((_received, response) => sendJson(response, 200, { ok: true }));
  folder = mkdtempSync(join(tmpdir(), 'parley-process-'));
  port = await freePort();
  slug = `prc-${newId().slice(-8)}`;
  const shop = publisher(slug);
  const target = upstream(shop, backend.url);
  const open = restApi(shop, 'orders', target.id);
  const limited = restApi(shop, 'limited', target.id, [{ requests: 300, windowSeconds: 31_536_000 }]);
  const key = apiKey();
  secret = key.secret;
  await publishTenant(redis, shop.doc);
  await publishApplication(redis, application([subscription(shop, open), subscription(shop, limited)], [key.entry]));
});
afterAll(async () => {
  redis.disconnect();
  await backend.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startNode(name: string, more: Record<string, string> = {}): Promise<Child> {
  const child = await startChild(new URL('../src/main.ts', import.meta.url).pathname, {
    env: {
      REDIS_URL: testRedisUrl(),
      PARLEY_MASTER_KEY: MASTER_KEY,
      PARLEY_KEY_PEPPER: PEPPER,
      PARLEY_SPOOL_DIR: join(folder, 'spool'),
      PARLEY_SNAPSHOT_DIR: join(folder, 'snapshot'),
      PARLEY_ALLOWED_PRIVATE: '127.0.0.0/8',
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      GATEWAY_NODE: name,
      ...more,
    },
  });
  if (more.GATEWAY_PORT === undefined) await child.waitForLine(/the gateway listens/);
  return child;
}

/** Calls without end over `width` connections until told to stop; ids of answered calls. */
function caller(api: string, width: number) {
  const answered: { id: string; status: number }[] = [];
  let going = true;
  const lane = async () => {
    while (going) {
      try {
        const answer = await fetch(`http://127.0.0.1:${port}/${slug}/${api}/v1/x`, {
          headers: { 'x-api-key': secret },
        });
        const id = answer.headers.get('x-request-id') ?? '';
        await answer.text();
        answered.push({ id, status: answer.status });
      } catch {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  };
  const lanes = Array.from({ length: width }, lane);
  return {
    answered,
    stop: async () => {
      going = false;
      await Promise.all(lanes);
    },
  };
}

describe('gateway processes', () => {
  it('share a port and a limit exactly, and lose no answered call when one is killed', async () => {
    const nodes = await Promise.all([startNode('a'), startNode('b')]);
    const calls = caller('limited', 12);
    await waitFor('the limit to be reached', () => calls.answered.some((call) => call.status === 429), {
      timeoutMs: 15_000,
    });
    const more = caller('orders', 12);
    await waitFor('calls on both nodes', () => more.answered.length > 300, { timeoutMs: 15_000 });
    await nodes[0]?.kill('SIGKILL');
    const seen = more.answered.length;
    await waitFor('the other node to go on', () => more.answered.length > seen + 100, { timeoutMs: 15_000 });
    await Promise.all([calls.stop(), more.stop()]);
    expect(calls.answered.filter((call) => call.status === 200)).toHaveLength(300);
    expect(await nodes[1]?.kill('SIGTERM')).toBe(0);

    // No worker has committed anything, so every segment is still on disk: a later run takes them all over.
    const jobs = memoryJobQueue();
    const receipts = { committed: async (ids: readonly string[]) => ids.map(() => false) };
    const heir = new Spool({ dir: join(folder, 'spool'), node: 'c', jobs, receipts, log: noopLogger });
    const recorded = () =>
      jobs.jobs.flatMap(({ payload }) => readUsageLines((payload as { lines: string }).lines).events as UsageEvent[]);
    const answered = [...calls.answered, ...more.answered];
    await waitFor('every answered call', () => {
      const ids = new Set(recorded().map((event) => event.id));
      return answered.every((call) => ids.has(call.id));
    });
    const events = recorded();
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    expect(new Set(events.map((event) => event.node))).toEqual(new Set(['a', 'b']));
    await heir.close();
  }, 60_000);

  it('say in one sentence why they cannot start', async () => {
    const noKey = await startNode('x', { PARLEY_MASTER_KEY: '', GATEWAY_PORT: String(await freePort()) });
    await noKey.waitForLine(/PARLEY_MASTER_KEY is not set: set it to /);
    expect(await waitFor('its end', () => noKey.ended)).toBe(1);
    const taken = new URL(backend.url).port;
    const blocked = await startNode('y', { GATEWAY_PORT: taken });
    await blocked.waitForLine(new RegExp(`port ${taken} is taken`));
    expect(await waitFor('its end', () => blocked.ended)).toBe(1);
  }, 30_000);
});
