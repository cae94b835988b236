import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot, onPath, runCommand } from '../commands.ts';
import type { DataFolder } from '../data-folder.ts';
import { StartError } from '../start-error.ts';

/** A Redis-compatible server that can be run here. */
export type RedisServer =
  | { readonly kind: 'program'; readonly file: string }
  | { readonly kind: 'container'; readonly engine: string; readonly image: string };

const NAMES = ['redis-server', 'valkey-server'] as const;
const OLDEST = [6, 2] as const;
const IMAGE = 'docker.io/library/redis:7-alpine';

/** Package managers that bring Redis without asking and without starting a system service. `root`: who may run them. */
const MANAGERS = [
  {
    command: 'dnf',
    root: true,
    attempts: [
      ['install', '-y', 'valkey'],
      ['install', '-y', 'redis'],
    ],
  },
  { command: 'yum', root: true, attempts: [['install', '-y', 'redis']] },
  {
    command: 'apk',
    root: true,
    attempts: [
      ['add', '--no-cache', 'redis'],
      ['add', '--no-cache', 'valkey'],
    ],
  },
  { command: 'zypper', root: true, attempts: [['--non-interactive', 'install', 'redis']] },
  {
    command: 'pacman',
    root: true,
    attempts: [
      ['-S', '--noconfirm', '--needed', 'valkey'],
      ['-S', '--noconfirm', '--needed', 'redis'],
    ],
  },
  { command: 'brew', root: false, attempts: [['install', '--quiet', 'redis']] },
] as const;

/**
 * Finds a Redis server, or brings one: on PATH; else Debian's or Ubuntu's packages unpacked into the data folder (no root
 * needed, no service started); else installed by the system's package manager; else a container. Throws `StartError`.
 */
export async function findRedisServer(folder: DataFolder, tell: (note: string) => void): Promise<RedisServer> {
  const log = folder.path('logs', 'redis-install.log');
  return (
    (await fromPath()) ??
    (await fromDebianPackages(folder, tell, log)) ??
    (await fromPackageManager(tell, log)) ??
    (await fromContainerEngine()) ??
    refuse(log)
  );
}

async function fromPath(): Promise<RedisServer | null> {
  for (const name of NAMES) {
    const file = onPath([name]);
    if (file && (await isNewEnough(file))) return { kind: 'program', file };
  }
  return null;
}

/**
 * `apt-get --download-only` with folders of our own needs no rights and touches nothing of the system's; it brings the
 * libraries this system lacks as well.
 */
async function fromDebianPackages(
  folder: DataFolder,
  tell: (note: string) => void,
  log: string,
): Promise<RedisServer | null> {
  const unpacked = folder.path('redis-server');
  const found = await fromUnpacked(unpacked);
  if (found) return found;
  const apt = onPath(['apt-get']);
  const dpkg = onPath(['dpkg-deb']);
  if (!apt || !dpkg) return null;

  tell('fetching the Redis packages');
  const work = folder.path('apt');
  for (const part of ['lists/partial', 'archives/partial']) mkdirSync(join(work, part), { recursive: true });
  const own = [
    `Dir::State::lists=${work}/lists`,
    `Dir::Cache=${work}`,
    `Dir::Cache::archives=${work}/archives`,
    'Debug::NoLocking=1',
  ];
  const sandbox = isRoot() ? ['APT::Sandbox::User=root'] : [];
  const settings = [...own, ...sandbox].flatMap((setting) => ['-o', setting]);
  const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const options = { env, log, timeoutMs: 180_000 };
  await runCommand(apt, [...settings, '-qq', 'update'], options);
  const fetch = [
    '-y',
    '--no-install-recommends',
    '--download-only',
    '--reinstall',
    'install',
    'redis-server',
    'redis-tools',
  ];
  await runCommand(apt, [...settings, '-qq', ...fetch], options);
  for (const archive of readdirSync(join(work, 'archives')).filter((name) => name.endsWith('.deb'))) {
    await runCommand(dpkg, ['-x', join(work, 'archives', archive), unpacked], { log });
  }
  rmSync(work, { recursive: true, force: true });
  return fromUnpacked(unpacked);
}

/** The unpacked server by a launcher that finds the libraries unpacked with it. */
async function fromUnpacked(unpacked: string): Promise<RedisServer | null> {
  const file = join(unpacked, 'usr', 'bin', 'redis-server');
  if (!existsSync(file)) return null;
  const libraries = [join(unpacked, 'usr', 'lib'), join(unpacked, 'lib')].filter((path) => existsSync(path));
  const folders = libraries.flatMap((path) =>
    readdirSync(path)
      .filter((name) => name.includes('-linux-'))
      .map((name) => join(path, name)),
  );
  const launcher = join(unpacked, 'redis-server');
  const script = `#!/bin/sh\nLD_LIBRARY_PATH=${quoted(folders.join(':'))} exec ${quoted(file)} "$@"\n`;
  writeFileSync(launcher, script, { mode: 0o755 });
  return (await isNewEnough(launcher)) ? { kind: 'program', file: launcher } : null;
}

/** As one word of a shell's command. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

async function fromPackageManager(tell: (note: string) => void, log: string): Promise<RedisServer | null> {
  for (const manager of MANAGERS) {
    const command = onPath([manager.command]);
    if (!command || (manager.root && !isRoot())) continue;
    tell(`installing with ${manager.command}`);
    for (const attempt of manager.attempts) {
      const installed = await runCommand(command, attempt, { log, timeoutMs: 300_000 });
      const found = installed.ok ? await fromPath() : null;
      if (found) return found;
    }
  }
  return null;
}

async function fromContainerEngine(): Promise<RedisServer | null> {
  for (const name of ['docker', 'podman']) {
    const engine = onPath([name]);
    if (engine && (await runCommand(engine, ['info'], { timeoutMs: 10_000 })).ok) {
      return { kind: 'container', engine, image: IMAGE };
    }
  }
  return null;
}

async function isNewEnough(file: string): Promise<boolean> {
  const { ok, output } = await runCommand(file, ['--version'], { timeoutMs: 10_000 });
  const version = /v=(\d+)\.(\d+)/.exec(output);
  if (!ok || !version) return false;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function refuse(log: string): never {
  const command =
    process.platform === 'darwin' ? 'brew install redis' : 'sudo apt-get install redis-server (or dnf, apk, pacman)';
  throw new StartError(
    `Redis ${OLDEST.join('.')} or newer is needed and could not be brought here (log: ${log}): install it with ${command}, or set REDIS_URL to one that runs.`,
  );
}
