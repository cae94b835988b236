import { randomBytes } from 'node:crypto';
import { migrate } from '@parley/db/migrate';
import { loadTestEnv } from '@parley/env/test';
import { newId } from '@parley/kernel/id';
import pg from 'pg';

export interface TestDatabase {
  readonly name: string;
  /** The superuser who made it; row-level security does not bind it. */
  readonly ownerUrl: string;
  /** What the portal may do: a role of this database's own that is in `parley_app` alone. */
  readonly appUrl: string;
  /** What the worker may do: likewise, in `parley_worker`. */
  readonly workerUrl: string;
  /** Ends every connection to the database and removes it with its roles. */
  drop(): Promise<void>;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(adminUrl: string, database: string, signIn?: { user: string; password: string }): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (signIn) {
    url.username = signIn.user;
    url.password = signIn.password;
  }
  return url.toString();
}

/**
 * Makes an empty database with all migrations applied, for one test file. `name` is a word for people who look at the
 * server: letters, digits and underscores, at most 20. The sign-in roles are made for this database, so that the passwords of
 * `parley_app` and `parley_worker`, which all databases of a server share, stay as they are.
 *
 * `adminUrl` is a superuser's, from `TEST_DATABASE_ADMIN_URL` unless given. Throws `EnvError` when that is not set.
 */
export async function createTestDatabase(
  name: string,
  adminUrl: string = loadTestEnv().databaseAdminUrl,
): Promise<TestDatabase> {
  if (!/^[a-z0-9_]{1,20}$/.test(name)) throw new Error(`not a name for a test database: ${name}`);
  const database = `test_${name}_${newId().replaceAll('-', '').slice(-16)}`;
  const password = randomBytes(16).toString('hex');
  const app = `${database}_app`;
  const worker = `${database}_worker`;

  async function drop(): Promise<void> {
    await withClient(adminUrl, async (admin) => {
      await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      for (const role of [app, worker]) await admin.query(`DROP ROLE IF EXISTS ${role}`);
    });
  }

  await withClient(adminUrl, (admin) => admin.query(`CREATE DATABASE ${database}`));
  try {
    await migrate({ databaseUrl: urlOf(adminUrl, database) });
    await withClient(adminUrl, async (admin) => {
      await admin.query(`CREATE ROLE ${app} LOGIN PASSWORD '${password}' IN ROLE parley_app`);
      await admin.query(`CREATE ROLE ${worker} LOGIN PASSWORD '${password}' IN ROLE parley_worker`);
    });
  } catch (error) {
    await drop();
    throw error;
  }
  return {
    name: database,
    ownerUrl: urlOf(adminUrl, database),
    appUrl: urlOf(adminUrl, database, { user: app, password }),
    workerUrl: urlOf(adminUrl, database, { user: worker, password }),
    drop,
  };
}
