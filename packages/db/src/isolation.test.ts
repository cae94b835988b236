import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** Proves from the catalogue, not from a list: whatever table is added later is held to the same. */
const NOT_TENANT_TABLES = [
  '_prisma_migrations',
  'standing_checks',
  'stripe_events',
  'usage_runs',
  'users',
  'verification_tokens',
  'worker_beats',
];

const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });

interface Table {
  readonly name: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly hasTenantId: boolean;
}

let tables: Table[] = [];

beforeAll(async () => {
  await client.connect();
  const result = await client.query<Table>(`
    SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
      EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull) AS "hasTenantId"
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition`);
  tables = result.rows.filter((table) => !NOT_TENANT_TABLES.includes(table.name));
});

afterAll(() => client.end());

describe('every table that is not about people', () => {
  test('carries a tenant id (the tenant table itself is its own)', () => {
    expect(tables.length).toBeGreaterThan(25);
    expect(tables.filter((table) => !table.hasTenantId).map((table) => table.name)).toEqual(['tenants']);
  });

  test('has row-level security enabled and forced', () => {
    expect(tables.filter((table) => !table.enabled || !table.forced).map((table) => table.name)).toEqual([]);
  });

  test('has a tenant policy for the portal role and one for the worker role', async () => {
    const { rows } = await client.query<{ tablename: string; policyname: string; roles: string }>(
      `SELECT tablename, policyname, roles::text FROM pg_policies WHERE schemaname = 'public'`,
    );
    for (const table of tables) {
      const policies = rows.filter((row) => row.tablename === table.name);
      expect(policies, table.name).toContainEqual(
        expect.objectContaining({ policyname: 'tenant', roles: '{parley_app}' }),
      );
      expect(policies, table.name).toContainEqual(
        expect.objectContaining({ policyname: 'worker', roles: '{parley_worker}' }),
      );
    }
    expect(rows.filter((row) => row.roles === '{public}')).toEqual([]);
  });

  test('has a primary key that begins with the tenant', async () => {
    const { rows } = await client.query<{ name: string; columns: string[] }>(`
      SELECT c.relname AS name, array_agg(a.attname::text ORDER BY k.position) AS columns
      FROM pg_constraint p JOIN pg_class c ON c.oid = p.conrelid
      CROSS JOIN LATERAL unnest(p.conkey) WITH ORDINALITY AS k(attnum, position)
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
      WHERE p.contype = 'p' AND NOT c.relispartition GROUP BY c.relname`);
    const keys = new Map(rows.map((row) => [row.name, row.columns]));
    for (const table of tables.filter((one) => one.hasTenantId)) {
      const columns = keys.get(table.name) ?? [];
      expect(columns[0], table.name).toBe('tenant_id');
      expect(columns.length, table.name).toBeGreaterThan(1);
    }
  });

  test('refers to other tenant tables by tenant and id together', async () => {
    const { rows } = await client.query<{ name: string; target: string; columns: string[]; foreign: string[] }>(`
      SELECT p.conname AS name, t.relname AS target,
        array(SELECT a.attname::text FROM unnest(p.conkey) WITH ORDINALITY k(n, o) JOIN pg_attribute a ON a.attrelid = p.conrelid AND a.attnum = k.n ORDER BY o) AS columns,
        array(SELECT a.attname::text FROM unnest(p.confkey) WITH ORDINALITY k(n, o) JOIN pg_attribute a ON a.attrelid = p.confrelid AND a.attnum = k.n ORDER BY o) AS foreign
      FROM pg_constraint p JOIN pg_class t ON t.oid = p.confrelid WHERE p.contype = 'f'`);
    const toTenantTables = rows.filter((row) => !NOT_TENANT_TABLES.includes(row.target));
    expect(toTenantTables.length).toBeGreaterThan(15);
    for (const row of toTenantTables) {
      expect(row.foreign, row.name).toEqual(['tenant_id', 'id']);
      expect(row.columns[0], row.name).toMatch(/tenant_id$/);
    }
  });
});

test('the two roles own nothing and bypass nothing', async () => {
  const { rows } = await client.query(`
    SELECT rolname, rolsuper, rolbypassrls, (SELECT count(*)::int FROM pg_class c WHERE c.relowner = r.oid) AS owned
    FROM pg_roles r WHERE rolname IN ('parley_app', 'parley_worker') ORDER BY rolname`);
  expect(rows).toEqual([
    { rolname: 'parley_app', rolsuper: false, rolbypassrls: false, owned: 0 },
    { rolname: 'parley_worker', rolsuper: false, rolbypassrls: false, owned: 0 },
  ]);
});

test('without a tenant set, the portal role sees no row of any tenant table', async () => {
  const app = new pg.Client({ connectionString: process.env['APP_DATABASE_URL'] });
  await app.connect();
  try {
    // public catalogue rows are meant to be seen by everyone
    const catalogue = new Set(['tenants', 'apis', 'api_versions', 'plans', 'plan_prices']);
    for (const table of tables.filter((one) => !catalogue.has(one.name))) {
      const { rows } = await app.query(`SELECT count(*)::int AS seen FROM "${table.name}"`);
      expect(rows[0], table.name).toEqual({ seen: 0 });
    }
  } finally {
    await app.end();
  }
});

test('a day partition cannot be read around its parent', async () => {
  const app = new pg.Client({ connectionString: process.env['APP_DATABASE_URL'] });
  await app.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'usage_events'::regclass LIMIT 1`,
    );
    await expect(app.query(`SELECT 1 FROM "${rows[0]?.name}"`)).rejects.toThrow(/permission denied/);
  } finally {
    await app.end();
  }
});
