import { migrate } from '@parley/db/migrate';
import { parseEnv } from '@parley/env/parse';
import { appDatabaseEnv, workerDatabaseEnv } from '@parley/env/stores';
import { loadTestEnv } from '@parley/env/test';
import { newId } from '@parley/kernel/id';
import pg from 'pg';

export interface OwnDatabase {
  readonly workerUrl: string;
  readonly appUrl: string;
  drop(): Promise<void>;
}

/** A fresh, migrated database, for tests of what takes all there is: the relay, a whole worker. */
export async function ownDatabase(): Promise<OwnDatabase> {
  const { databaseAdminUrl } = loadTestEnv();
  const env = parseEnv({ ...workerDatabaseEnv, ...appDatabaseEnv });
  const name = `parley_test_${newId().replaceAll('-', '')}`;
  const admin = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: databaseAdminUrl });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  const named = (url: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).toString();
  await admin(`CREATE DATABASE ${name}`);
  await migrate({ databaseUrl: named(databaseAdminUrl) });
  return {
    workerUrl: named(env.WORKER_DATABASE_URL),
    appUrl: named(env.APP_DATABASE_URL),
    drop: () => admin(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}
