import { migrate } from '@parley/db/migrate';
import { loadTestEnv } from '@parley/env/test';
import { newId } from '@parley/kernel/id';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase('testkit');
});
afterAll(() => database.drop());

async function query<Row extends pg.QueryResultRow>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const statement of statements) rows = (await client.query<Row>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

test('has every migration applied', async () => {
  expect(await migrate({ databaseUrl: database.ownerUrl })).toEqual({ applied: [] });
});

test('its app role is bound by row-level security, its worker role sees all tenants', async () => {
  const [first, second] = [newId(), newId()];
  for (const id of [first, second]) {
    await query(
      database.ownerUrl,
      `INSERT INTO tenants (id, slug, name) VALUES ('${id}', 't-${id}', 'T')`,
      `INSERT INTO tenant_keys (tenant_id, id, sealed) VALUES ('${id}', '${newId()}', 'sealed')`,
    );
  }
  const rows = 'SELECT tenant_id FROM tenant_keys ORDER BY tenant_id';
  expect(await query(database.appUrl, rows)).toEqual([]);
  expect(await query(database.appUrl, `SET app.tenant = '${first}'`, rows)).toEqual([{ tenant_id: first }]);
  expect(await query(database.workerUrl, rows)).toEqual([{ tenant_id: first }, { tenant_id: second }]);
  await expect(query(database.appUrl, 'ALTER TABLE tenant_keys DISABLE ROW LEVEL SECURITY')).rejects.toThrow(
    /must be owner/,
  );
});

test('is gone with its roles after drop, even while it is in use', async () => {
  const short = await createTestDatabase('short');
  const busy = new pg.Client({ connectionString: short.appUrl });
  const ended = new Promise((resolve) => busy.on('error', resolve));
  await busy.connect();
  await short.drop();
  await ended;
  const { databaseAdminUrl } = loadTestEnv();
  expect(await query(databaseAdminUrl, `SELECT 1 FROM pg_database WHERE datname = '${short.name}'`)).toEqual([]);
  expect(await query(databaseAdminUrl, `SELECT 1 FROM pg_roles WHERE rolname LIKE '${short.name}%'`)).toEqual([]);
});
