import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Redis } from 'ioredis';
import { runCommand } from '../commands.ts';
import { codeOf, type DataFolder } from '../data-folder.ts';
import { commandLine, markOf, stopProcess } from '../processes.ts';
import { StartError } from '../start-error.ts';
import type { ServiceSpec } from '../supervisor.ts';
import { keptService } from './kept-service.ts';
import { findRedisServer, type RedisServer } from './redis-server.ts';

/** A Redis of this data folder: what runs it, and its URL. */
export interface OwnRedis {
  readonly service: ServiceSpec;
  readonly redisUrl: string;
  /** File of the server's program; `null` when it runs in a container. */
  readonly program: string | null;
}

/** Prepares a private Redis on this port of the loopback: append-only file on, nothing evicted, password required. */
export async function prepareRedis(
  folder: DataFolder,
  password: string,
  port: number,
  tell: (note: string) => void,
): Promise<OwnRedis> {
  const server = await findRedisServer(folder, tell);
  const home = folder.path('redis');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const redisUrl = `redis://:${password}@127.0.0.1:${port}`;
  const program =
    server.kind === 'program'
      ? asProgram(server.file, home, password, port)
      : asContainer(server, home, password, port);
  tell(server.kind === 'program' ? basename(server.file) : `container ${server.image}`);
  const service = keptService(
    { ...program, stopSignal: 'SIGTERM', stopTimeoutMs: 15_000, lingerMs: 3_000 },
    {
      name: 'redis',
      cwd: home,
      env: {},
      // A container's image may have to be fetched first.
      readyTimeoutMs: server.kind === 'program' ? 60_000 : 240_000,
      isReady: async () => (await problemWith(redisUrl)) === null,
      prepare: () => clearLeftover(server, home, port),
    },
  );
  return { service, redisUrl, program: server.kind === 'program' ? server.file : null };
}

/** Proves that a given Redis answers. Throws `StartError`, without the password. */
export async function requireRedis(redisUrl: string): Promise<void> {
  const problem = await problemWith(redisUrl);
  if (!problem) return;
  const { hostname, port } = new URL(redisUrl);
  throw new StartError(
    `The Redis of REDIS_URL at ${hostname}:${port || 6379} cannot be used (${problem}): correct REDIS_URL, or unset it to have one started for you.`,
  );
}

const SETTINGS = {
  appendonly: 'yes',
  appendfsync: 'everysec',
  'maxmemory-policy': 'noeviction',
  save: '""',
  daemonize: 'no',
} as const;

type Program = { command: string; args: string[] };

function asProgram(file: string, home: string, password: string, port: number): Program {
  const settings = {
    ...SETTINGS,
    port,
    bind: '127.0.0.1',
    'protected-mode': 'yes',
    dir: `"${home}"`,
    pidfile: `"${home}/redis.pid"`,
    requirepass: password,
  };
  const config = `${home}/redis.conf`;
  writeFileSync(config, configText(settings), { mode: 0o600 });
  return { command: file, args: [config] };
}

function asContainer(
  server: RedisServer & { kind: 'container' },
  home: string,
  password: string,
  port: number,
): Program {
  writeFileSync(`${home}/redis.conf`, configText({ ...SETTINGS, port: 6379, dir: '/data', requirepass: password }), {
    mode: 0o600,
  });
  const user = `--user=${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const run = ['run', '--rm', '--init', `--name=${containerName(port)}`, `--publish=127.0.0.1:${port}:6379`, user];
  return {
    command: server.engine,
    args: [...run, `--volume=${home}:/data`, server.image, 'redis-server', '/data/redis.conf'],
  };
}

function containerName(port: number): string {
  return `parley-redis-${port}`;
}

/** Ends a server of this folder that outlived its keeper: two on one append-only file would corrupt it. */
async function clearLeftover(server: RedisServer, home: string, port: number): Promise<void> {
  if (server.kind === 'container') {
    await runCommand(server.engine, ['rm', '--force', containerName(port)], { timeoutMs: 30_000 });
    return;
  }
  const file = `${home}/redis.pid`;
  if (!existsSync(file)) return;
  const mark = markOf(Number(readFileSync(file, 'utf8')));
  if (mark && /(redis|valkey)-server/.test(commandLine(mark.pid))) {
    const stopped = await stopProcess(mark, [
      ['SIGTERM', 15_000],
      ['SIGKILL', 5_000],
    ]);
    if (!stopped)
      throw new StartError(
        `An old Redis (pid ${mark.pid}) holds ${home} and cannot be stopped: stop it and start again.`,
      );
  }
  rmSync(file, { force: true });
}

function configText(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('');
}

/** What is wrong with this Redis; `null` when it can be used. */
async function problemWith(redisUrl: string): Promise<string | null> {
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 3_000,
    maxRetriesPerRequest: 0,
  });
  let failure: Error | null = null;
  redis.on('error', (error: Error) => {
    failure = error;
  });
  try {
    await redis.connect();
    await redis.ping();
    return null;
  } catch (error) {
    return codeOf(failure ?? error);
  } finally {
    redis.disconnect();
  }
}
