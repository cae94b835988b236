import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTestEnv } from '@parley/env/test';
import { freePort } from '@parley/testkit/free-port';
import { waitFor } from '@parley/testkit/wait-for';
import { Redis } from 'ioredis';

const PROGRAMS = [loadTestEnv().redisServer ?? 'redis-server', 'redis-server', 'valkey-server'];
const BINARY = PROGRAMS.find((program) => spawnSync(program, ['--version']).status === 0);

/** Whether a Redis of one's own can be had here. */
export const canHaveRedis = BINARY !== undefined;

export interface OwnRedis {
  readonly url: string;
  /** Ends the server at once (SIGKILL) and starts it again with what it had written. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A Redis server of one's own with an append-only file, as it should run in production. */
export async function ownRedis(): Promise<OwnRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}/0`;
  let server = await start(port, folder, url);
  const end = async (): Promise<void> => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await ended;
  };
  return {
    url,
    async restart() {
      await end();
      server = await start(port, folder, url);
    },
    async stop() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(port: number, folder: string, url: string): Promise<ChildProcess> {
  const settings = ['--port', String(port), '--dir', folder, '--bind', '127.0.0.1', '--appendonly', 'yes'];
  const durable = ['--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'];
  const server = spawn(BINARY ?? '', [...settings, ...durable], { stdio: 'ignore' });
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  await waitFor('Redis to answer', async () => (await redis.ping()) === 'PONG', { timeoutMs: 10_000 });
  redis.disconnect();
  return server;
}
