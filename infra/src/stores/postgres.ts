import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type CommandResult, runCommand } from '../commands.ts';
import { codeOf, type DataFolder } from '../data-folder.ts';
import { commandLine, markOf, stopProcess } from '../processes.ts';
import type { Secrets } from '../secrets.ts';
import { StartError } from '../start-error.ts';
import type { ServiceSpec } from '../supervisor.ts';
import { keptService } from './kept-service.ts';
import { findPostgresHome, type PostgresHome } from './postgres-home.ts';

const OWNER = 'parley_owner';
const DATABASE = 'parley';

/** A PostgreSQL of this data folder: what runs it, and the superuser's URLs. */
export interface OwnPostgres {
  readonly service: ServiceSpec;
  /** Owner's connection to the product's database. */
  readonly databaseUrl: string;
  /** The same server's maintenance database. */
  readonly adminUrl: string;
}

/** Prepares a private PostgreSQL: programs, data (made when missing) and how to run it on this port of the loopback. */
export async function preparePostgres(
  folder: DataFolder,
  secrets: Secrets,
  port: number,
  tell: (note: string) => void,
): Promise<OwnPostgres> {
  const home = await findPostgresHome(folder, secrets.installation);
  const data = join(home.folder, 'data');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    tell('making the data folder');
    await initialise(home, data, secrets.postgresOwner);
  }
  await refuseOtherVersion(home, data);

  const url = (database: string): string =>
    `postgresql://${OWNER}:${secrets.postgresOwner}@127.0.0.1:${port}/${database}`;
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200' };
  const service = keptService(
    {
      command: join(home.programs, 'bin', 'postgres'),
      args: [
        '-D',
        data,
        '-p',
        String(port),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      // Fast shutdown: ends sessions, writes a checkpoint (PostgreSQL manual, "Shutting Down the Server").
      stopSignal: 'SIGINT',
      stopTimeoutMs: 20_000,
      lingerMs: 3_000,
      ...home.user,
    },
    {
      name: 'postgres',
      cwd: '/',
      readyTimeoutMs: 60_000,
      isReady: () => answers(url('postgres')),
      prepare: () => clearLeftover(data),
    },
  );
  return { service, databaseUrl: url(DATABASE), adminUrl: url('postgres') };
}

/**
 * Makes the URL's database when it is missing and proves that it can be used. Throws `StartError` naming what is wrong
 * with it, without its password.
 */
export async function ensureDatabase(databaseUrl: string): Promise<void> {
  const target = new URL(databaseUrl);
  const name = decodeURIComponent(target.pathname.slice(1)) || 'postgres';
  const where = `${target.hostname}:${target.port || '5432'}`;
  try {
    await withClient(databaseUrl, (client) => client.query('SELECT 1'));
    return;
  } catch (error) {
    if (codeOf(error) !== '3D000') throw new StartError(databaseSentence(where, name, target.username, error));
  }
  target.pathname = '/postgres';
  try {
    await withClient(target.href, (client) => client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`));
  } catch (error) {
    throw new StartError(
      `The database "${name}" does not exist at ${where} and could not be made (${codeOf(error)}): create it, or use a role that may.`,
    );
  }
}

async function initialise(home: PostgresHome, data: string, ownerPassword: string): Promise<void> {
  const fresh = join(home.folder, 'data.new');
  const passwordFile = join(home.folder, 'password');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(passwordFile, ownerPassword, { mode: 0o600 });
  if (home.user) for (const path of [fresh, passwordFile]) chownSync(path, home.user.uid, home.user.gid);
  // The builtin provider sorts by code point and needs no locale of the operating system.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--encoding=UTF8'];
  const made = await runCommand(
    join(home.programs, 'bin', 'initdb'),
    [`--pgdata=${fresh}`, `--username=${OWNER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', ...locale],
    { ...home.user, cwd: '/', timeoutMs: 120_000, env: { LC_ALL: 'C' } },
  );
  rmSync(passwordFile, { force: true });
  if (!made.ok) throw new StartError(initialiseSentence(home, made));
  renameSync(fresh, data);
}

function initialiseSentence(home: PostgresHome, made: CommandResult): string {
  const last = made.output.trim().split('\n').slice(-3).join(' ');
  if (/No space left/i.test(made.output))
    return `There is no space left for the database in ${home.folder}: free some and start again.`;
  if (/shared librar/i.test(made.output)) {
    return `The packaged PostgreSQL cannot run on this system (${last}): set DATABASE_URL to a PostgreSQL of your own.`;
  }
  return `The database could not be made in ${home.folder}: ${last}`;
}

async function refuseOtherVersion(home: PostgresHome, data: string): Promise<void> {
  const written = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  const version = await runCommand(join(home.programs, 'bin', 'postgres'), ['--version'], { ...home.user, cwd: '/' });
  const ours = /(\d+)(\.|beta|rc|\b)/.exec(version.output.replace(/^.*\)\s*/, ''))?.[1];
  if (!version.ok || !ours)
    throw new StartError(`The packaged PostgreSQL cannot run on this system: ${version.output.trim()}`);
  if (written !== ours) {
    throw new StartError(
      `The data in ${data} was written by PostgreSQL ${written}, this Parley brings ${ours}: set DATABASE_URL to a server of your own, or start once with --fresh, which deletes the data.`,
    );
  }
}

/**
 * Makes way in a data folder whose last server did not leave by itself: an orphan is stopped, a stale `postmaster.pid`
 * removed (its pid may belong to another program by now, which would stop PostgreSQL from starting).
 */
async function clearLeftover(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const mark = Number.isInteger(pid) && pid > 1 ? markOf(pid) : null;
  if (mark && commandLine(pid).includes(data)) {
    const stopped = await stopProcess(mark, [
      ['SIGINT', 15_000],
      ['SIGQUIT', 5_000],
      ['SIGKILL', 5_000],
    ]);
    if (!stopped)
      throw new StartError(
        `An old PostgreSQL (pid ${pid}) holds ${data} and cannot be stopped: stop it and start again.`,
      );
  }
  rmSync(file, { force: true });
}

async function answers(url: string): Promise<boolean> {
  try {
    await withClient(url, (client) => client.query('SELECT 1'));
    return true;
  } catch (error) {
    // Class 28: the server is up, and the password is not its own. Waiting would not help.
    if (codeOf(error).startsWith('28')) {
      throw new StartError(
        'The database refuses its own password: the data folder and its secrets.json do not belong together; start once with --fresh.',
      );
    }
    return false;
  }
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

function databaseSentence(where: string, name: string, role: string, error: unknown): string {
  const code = codeOf(error);
  if (code.startsWith('28'))
    return `PostgreSQL at ${where} refuses the role "${role}" of DATABASE_URL: check its password and pg_hba.conf.`;
  if (['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'EAI_AGAIN'].includes(code)) {
    return `No PostgreSQL answers at ${where} (${code}): start it, or correct DATABASE_URL, or unset it to have one started for you.`;
  }
  return `The database "${name}" at ${where} cannot be used (${code}: ${error instanceof Error ? error.message : String(error)}).`;
}
