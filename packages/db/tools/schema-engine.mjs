#!/usr/bin/env node
// Offline stand-in for Prisma's native schema-engine: same argv + JSON-RPC over stdio,
// answered by @prisma/schema-engine-wasm through @prisma/adapter-pg.
// Use: PRISMA_SCHEMA_ENGINE_BINARY=<absolute path of this file> prisma migrate dev|deploy|diff|reset|status|resolve, db push|pull, generate.
// Proven with prisma 7.10.1, @prisma/adapter-pg 7.10.1, @prisma/schema-engine-wasm 8.1.0-2.59be4fda…, PostgreSQL 18.4.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import readline from 'node:readline';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const require = createRequire(import.meta.url);
const argv = process.argv.slice(2);
const opt = (n) => {
  const out = [];
  for (let i = 0; i < argv.length; i++) if (argv[i] === n) out.push(argv[i + 1]);
  return out;
};
const log = (level, message, extra = {}) =>
  process.stderr.write(
    JSON.stringify({
      timestamp: new Date().toISOString(),
      level,
      fields: { message, ...extra },
      target: 'schema_engine::logger',
    }) + '\n',
  );
if (argv.includes('--version') || argv.includes('-V')) {
  console.log('schema-engine-cli wasm');
  process.exit(0);
}
const ds = JSON.parse(opt('--datasource')[0] ?? '{}');
const url = ds.url;
const admin = (u) => {
  const x = new URL(u);
  const db = decodeURIComponent(x.pathname.slice(1));
  x.pathname = '/postgres';
  x.search = '';
  return { db, url: x.toString() };
};
// not connectionString: it would win over the shadow database's name
const conf = (u) => {
  const x = new URL(u ?? 'postgresql://localhost/none');
  return {
    host: x.hostname,
    port: +(x.port || 5432),
    user: decodeURIComponent(x.username),
    password: decodeURIComponent(x.password),
    database: decodeURIComponent(x.pathname.slice(1)),
    ...(x.searchParams.get('sslmode') && x.searchParams.get('sslmode') !== 'disable'
      ? { ssl: { rejectUnauthorized: x.searchParams.get('sslmode') === 'verify-full' } }
      : {}),
  };
};
const schemaOf = (u) => (u ? (new URL(u).searchParams.get('schema') ?? undefined) : undefined);
async function exists(u) {
  const a = admin(u);
  const c = new pg.Client({ connectionString: a.url });
  await c.connect();
  try {
    return { c, a, yes: (await c.query('select 1 from pg_database where datname=$1', [a.db])).rowCount > 0 };
  } catch (e) {
    await c.end();
    throw e;
  }
}
const cliAt = argv.indexOf('cli');
if (cliAt >= 0) log('INFO', 'Starting schema engine CLI'); // Prisma drops the first stderr line
if (cliAt >= 0) {
  const cmd = argv[cliAt + 1];
  try {
    const { c, a, yes } = await exists(url);
    if (cmd === 'can-connect-to-database') {
      await c.end();
      if (!yes) {
        log('ERROR', 'Database does not exist', {
          error_code: 'P1003',
          is_panic: false,
          meta: { database_name: a.db },
        });
        process.exit(1);
      }
      log('INFO', 'Connection successful');
    } else if (cmd === 'create-database') {
      if (!yes) await c.query(`CREATE DATABASE "${a.db.replaceAll('"', '""')}"`);
      await c.end();
      log('INFO', 'Created');
    } else if (cmd === 'drop-database') {
      await c.query(`DROP DATABASE IF EXISTS "${a.db.replaceAll('"', '""')}" WITH (FORCE)`);
      await c.end();
      log('INFO', 'Dropped');
    }
    process.exit(0);
  } catch (e) {
    const x = new URL(url);
    log('ERROR', String(e.message), {
      error_code: 'P1001',
      is_panic: false,
      meta: { database_location: `${x.hostname}:${x.port || 5432}` },
    });
    process.exit(1);
  }
}
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  message: '',
  set_message(m) {
    this.message = m;
    log('ERROR', m);
  },
};
const pkg = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
const glue = await import(pkg);
const wasmPath = process.env.SCHEMA_ENGINE_WASM ?? pkg.replace(/\.js$/, '.wasm');
const inst = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(wasmPath)), {
  './schema_engine_bg.js': glue,
});
glue.__wbg_set_wasm(inst.exports);
inst.exports.__wbindgen_start();
// adapter-pg refuses the catalogue's "char" columns (oid 18); the engine wants them typed Character
const probe = await new PrismaPg(conf(url)).connect();
const proto = Object.getPrototypeOf(Object.getPrototypeOf(probe));
await probe.dispose();
const io0 = proto.performIO,
  raw0 = proto.queryRaw;
const chars = new WeakMap();
proto.performIO = async function (q) {
  const r = await io0.call(this, q);
  chars.set(
    q,
    r.fields.map((f) => f.dataTypeID === 18),
  );
  for (const f of r.fields) if (f.dataTypeID === 18) f.dataTypeID = 25;
  return r;
};
proto.queryRaw = async function (q) {
  const r = await raw0.call(this, q);
  chars.get(q)?.forEach((c, i) => {
    if (c) r.columnTypes[i] = ColumnTypeEnum.Character;
  });
  return r;
};
Object.getPrototypeOf(probe).executeScript = async function (sql) {
  try {
    await this.client.query(sql);
  } catch (e) {
    this.onError(e);
  }
}; // adapter-pg splits on ';', which breaks $$ bodies
const factory = new PrismaPg(conf(url), { schema: schemaOf(url) });
factory.connectToShadowDb = async () => {
  // adapter-pg drops the shadow database while its own pool still holds it
  const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
  const c = new pg.Client(conf(url));
  await c.connect();
  await c.query(`CREATE DATABASE "${name}"`);
  const a = await new PrismaPg({ ...conf(url), database: name }).connect();
  const end = a.dispose.bind(a);
  a.dispose = async () => {
    await end();
    await c.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    await c.end();
  };
  return a;
};
const adapter = bindMigrationAwareSqlAdapterFactory(factory);
const datamodels = opt('--datamodels').map((p) => [p, fs.readFileSync(p, 'utf8')]);
let engine;
const get = () =>
  (engine ??= glue.SchemaEngine.new({ datamodels: datamodels.length ? datamodels : undefined }, () => {}, adapter));
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const { id, method, params } = JSON.parse(line);
  const reply = (o) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...o }) + '\n');
  try {
    let result;
    if (method === 'createDatabase') {
      const { c, a, yes } = await exists(url);
      if (!yes) await c.query(`CREATE DATABASE "${a.db}"`);
      await c.end();
      result = { databaseName: a.db };
    } else if (method === 'getDatabaseVersion') result = await (await get()).version(params);
    else result = await (await get())[method](params);
    // the native engine prints a diff by a call back to the CLI; the wasm build returns it
    if (method === 'diff' && result?.stdout)
      process.stdout.write(
        JSON.stringify({ jsonrpc: '2.0', id, method: 'print', params: { content: result.stdout } }) + '\n',
      );
    reply({ result: result ?? null });
  } catch (e) {
    reply({
      error: {
        code: 4466,
        message: 'An error happened. Check the data field for details.',
        data: { is_panic: false, message: String(e.message ?? e), meta: e.meta ?? null, error_code: e.code ?? null },
      },
    });
  }
}
process.exit(0);
