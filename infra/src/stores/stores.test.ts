import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DataFolder, openDataFolder } from '../data-folder.ts';
import { poll } from '../poll.ts';
import { choosePorts, type Ports } from '../ports.ts';
import { isRunning, markOf } from '../processes.ts';
import { keptSecrets, type Secrets } from '../secrets.ts';
import { createSupervisor, type Supervisor } from '../supervisor.ts';
import { ensureDatabase, preparePostgres } from './postgres.ts';
import { prepareRedis, requireRedis } from './redis.ts';

const root = mkdtempSync(join(tmpdir(), 'parley-stores-'));
// Where root runs the tests, PostgreSQL's own user has to reach the data.
chmodSync(root, 0o755);

let folder: DataFolder;
let ports: Ports;
let secrets: Secrets;
let supervisor: Supervisor;
let databaseUrl: string;
let redisUrl: string;
const said: string[] = [];
const silent = (): void => {};

async function startBoth(): Promise<void> {
  const postgres = await preparePostgres(folder, secrets, ports.postgres, silent);
  await supervisor.start(postgres.service);
  databaseUrl = postgres.databaseUrl;
  await ensureDatabase(databaseUrl);
  const redis = await prepareRedis(folder, secrets.redis, ports.redis, silent);
  redisUrl = redis.redisUrl;
  await supervisor.start(redis.service);
}

async function query(text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', silent);
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

async function redis<T>(work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redisUrl, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', silent);
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

beforeAll(async () => {
  folder = openDataFolder(root);
  secrets = keptSecrets(folder, {});
  ports = await choosePorts(folder, {}, true);
  supervisor = createSupervisor({ logs: folder.path('logs'), say: (line) => said.push(line), changed: silent });
  await startBoth();
  await query('CREATE TABLE kept (note text)');
  await query(`INSERT INTO kept VALUES ('before')`);
  await redis((client) => client.set('kept', 'before'));
}, 120_000);

afterAll(async () => {
  await supervisor.stop(['redis', 'postgres']);
  rmSync(root, { recursive: true, force: true });
}, 60_000);

describe('the private stores', () => {
  it('ask for a password, listen on the loopback only, and never evict or forget', async () => {
    const wrong = new URL(databaseUrl);
    wrong.password = 'wrong';
    await expect(ensureDatabase(wrong.href)).rejects.toThrow(/refuses the role "parley_owner"/);
    const open = new URL(redisUrl);
    open.password = '';
    await expect(requireRedis(open.href)).rejects.toThrow('cannot be used');
    const setting = (name: string) => redis((client) => client.config('GET', name));
    expect(await setting('maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await setting('appendonly')).toEqual(['appendonly', 'yes']);
    expect(await setting('bind')).toEqual(['bind', '127.0.0.1']);
    expect(await query('SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query('SHOW password_encryption')).toEqual([{ password_encryption: 'scram-sha-256' }]);
    for (const file of ['secrets.json', 'redis/redis.conf']) expect(statSync(folder.path(file)).mode & 0o077).toBe(0);
  });

  it('come back with what they held after a kill -9 of the servers', async () => {
    for (const name of ['postgres', 'redis']) {
      const mark = markOf(supervisor.pids()[name] ?? 0);
      if (!mark) throw new Error(`${name} does not run`);
      process.kill(mark.pid, 'SIGKILL');
      expect(await poll(() => !isRunning(mark), { timeoutMs: 5_000 })).toBe(true);
      expect(await poll(() => said.some((line) => line.includes(`${name} runs again`)), { timeoutMs: 30_000 })).toBe(
        true,
      );
    }
    expect(await query('SELECT note FROM kept')).toEqual([{ note: 'before' }]);
    expect(await redis((client) => client.get('kept'))).toBe('before');
  }, 90_000);

  it('start although the last run left a postmaster.pid whose number another program has by now', async () => {
    await supervisor.stop(['postgres', 'redis']);
    const file = folder.path('postgres/data/postmaster.pid');
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, `${process.pid}\n${folder.path('postgres/data')}\n`);
    await startBoth();
    expect(await query('SELECT note FROM kept')).toEqual([{ note: 'before' }]);
  }, 90_000);

  it('refuse data of another PostgreSQL, naming both versions and the way out', async () => {
    await supervisor.stop(['postgres', 'redis']);
    const file = folder.path('postgres/data/PG_VERSION');
    const own = readFileSync(file, 'utf8');
    writeFileSync(file, '12\n');
    await expect(preparePostgres(folder, secrets, ports.postgres, silent)).rejects.toThrow(
      /written by PostgreSQL 12, this Parley brings \d+: .*DATABASE_URL.*--fresh/,
    );
    writeFileSync(file, own);
    await startBoth();
  }, 90_000);
});

describe('stores of the operator', () => {
  it('that do not answer are named, without their passwords', async () => {
    const port = ports.portal;
    await expect(ensureDatabase(`postgresql://u:hunter2@127.0.0.1:${port}/parley`)).rejects.toThrow(
      `No PostgreSQL answers at 127.0.0.1:${port} (ECONNREFUSED): start it, or correct DATABASE_URL, or unset it to have one started for you.`,
    );
    const refusal = await requireRedis(`redis://:hunter2@127.0.0.1:${port}`).catch((error: unknown) => String(error));
    expect(refusal).toContain(`127.0.0.1:${port} cannot be used (ECONNREFUSED)`);
    expect(refusal).not.toContain('hunter2');
  });

  it('get their database made when it is missing and the role may', async () => {
    const url = new URL(databaseUrl);
    url.pathname = '/another';
    await ensureDatabase(url.href);
    expect(await query(`SELECT 1 AS there FROM pg_database WHERE datname = 'another'`)).toEqual([{ there: 1 }]);
  });
});
