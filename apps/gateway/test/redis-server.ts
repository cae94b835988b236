import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@parley/testkit/free-port';
import { waitFor } from '@parley/testkit/wait-for';
import { Redis } from 'ioredis';
import { testRedisUrl } from './world.ts';

export interface RedisServer {
  readonly url: string;
  readonly redis: Redis;
  /** Ends it in order and starts it again with all it had. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A Redis of its own with an append-only file; `null` where the one the tests run on is elsewhere. */
export async function startRedis(): Promise<RedisServer | null> {
  const shared = new Redis(testRedisUrl());
  const file = /executable:(.+)\r/.exec(await shared.info('server'))?.[1] ?? '';
  shared.disconnect();
  if (!existsSync(file)) return null;
  const dir = mkdtempSync(join(tmpdir(), 'parley-redis-'));
  const port = await freePort();
  const args = ['--port', `${port}`, '--dir', dir, '--appendonly', 'yes', '--save', '', '--bind', '127.0.0.1'];
  const start = (): ChildProcess => spawn(file, args, { stdio: 'ignore' });
  let server = start();
  const url = `redis://127.0.0.1:${port}`;
  const redis = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  redis.on('error', () => {});
  const end = async (): Promise<void> => {
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  };
  await waitFor('Redis to answer', async () => (await redis.ping()) === 'PONG', { timeoutMs: 10_000 });
  return {
    url,
    redis,
    async restart() {
      await end();
      server = start();
    },
    async close() {
      redis.disconnect();
      await end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
