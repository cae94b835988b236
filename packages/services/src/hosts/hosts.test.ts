import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { publishApiVersion } from '../api-versions/publish.ts';
import type { Context } from '../context.ts';
import { applyDeclaration } from '../declarations/apply.ts';
import { exportDeclaration } from '../declarations/export.ts';
import { compileTenantSnapshot } from '../snapshots/compile-tenant.ts';
import { announced, faultOf, withRestDraft } from '../test/publisher.ts';
import { addHost } from './add.ts';
import { listHosts } from './list.ts';
import type { ReadTxt } from './read-txt.ts';
import { removeHost } from './remove.ts';
import { verifyHost } from './verify.ts';

const t = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
afterAll(() => Promise.all([t.close(), worker.close()]));

/** A context whose name servers answer as told. */
const asking = (context: Context, readTxt: ReadTxt): Context => ({
  ...context,
  settings: { ...context.settings, readTxt },
});
const hostsOf = async (tenantId: string) =>
  (await worker.within({}, (tx) => compileTenantSnapshot(tx, tenantId, 1)))?.hosts;
const fresh = (): string => `api.${newId().slice(-12)}.test`;

test('a host leads nowhere before its TXT record is there, then to its tenant until it is removed', async () => {
  const made = await t.tenant();
  const { owner, tenantId } = made;
  const host = fresh();
  const { id, record, state } = await addHost(owner, { host: host.toUpperCase() });
  expect([state, record.name]).toEqual(['pending', `_parley.${host}`]);
  expect(record.value).toMatch(/^parley-verify=[0-9a-f]{32}$/);
  expect(await hostsOf(tenantId)).toEqual([]);

  const asked: string[] = [];
  const none = asking(owner, (name) => (asked.push(name), Promise.resolve([])));
  expect(await verifyHost(none, { id })).toMatchObject({
    state: 'pending',
    problem: expect.stringContaining('no TXT'),
  });
  expect(asked).toEqual([record.name]);
  const other = asking(owner, () => Promise.resolve(['v=spf1 -all', `${record.value}0`]));
  expect((await verifyHost(other, { id })).problem).toContain('something else');
  const silent = asking(owner, () => Promise.reject(new Error('timeout')));
  expect((await verifyHost(silent, { id })).problem).toContain('did not answer');
  expect(await hostsOf(tenantId)).toEqual([]);

  const right = asking(owner, () => Promise.resolve(['v=spf1 -all', record.value]));
  expect(await verifyHost(right, { id })).toMatchObject({ state: 'verified', problem: null });
  expect(await hostsOf(tenantId)).toEqual([{ host, apiId: null }]);
  expect((await announced(made)).filter(({ topic }) => topic === 'snapshot.tenant')).not.toEqual([]);
  expect((await verifyHost(none, { id })).state, 'stays verified').toBe('verified');

  await removeHost(owner, { id });
  expect(await hostsOf(tenantId)).toEqual([]);
  expect((await listHosts(owner, {})).items).toEqual([]);
  expect((await faultOf(verifyHost(right, { id }))).code).toBe('not_found');
  expect((await addHost(owner, { host })).record.value, 'a new record').not.toBe(record.value);
});

test('asking takes a host from nobody; of two tenants only one can have shown that it is theirs', async () => {
  const [one, two] = [await t.tenant(), await t.tenant()];
  const host = fresh();
  const first = await addHost(one.owner, { host });
  const second = await addHost(two.owner, { host });
  expect(first.record.value).not.toBe(second.record.value);
  const both = Promise.resolve([first.record.value, second.record.value]);
  await verifyHost(
    asking(one.owner, () => both),
    { id: first.id },
  );
  expect(
    (
      await faultOf(
        verifyHost(
          asking(two.owner, () => both),
          { id: second.id },
        ),
      )
    ).code,
  ).toBe('conflict');
  expect((await listHosts(two.owner, {})).items).toMatchObject([
    { state: 'pending', problem: expect.stringContaining('Another tenant') },
  ]);
  expect(await hostsOf(two.tenantId)).toEqual([]);
  await removeHost(one.owner, { id: first.id });
  expect(
    (
      await verifyHost(
        asking(two.owner, () => both),
        { id: second.id },
      )
    ).state,
  ).toBe('verified');
});

test('hosts of others are out of reach, and changing them needs the permission', async () => {
  const [one, two] = [await t.tenant(), await t.tenant()];
  const { id } = await addHost(one.owner, { host: fresh() });
  for (const verb of [verifyHost, removeHost]) {
    expect((await faultOf(verb(two.owner, { id }))).code).toBe('not_found');
    expect((await faultOf(verb(await one.as('developer'), { id }))).code).toBe('forbidden');
  }
  expect((await listHosts(two.owner, {})).items).toEqual([]);
  expect((await faultOf(addHost(await one.as('publisher'), { host: fresh() }))).code).toBe('forbidden');
});

test('what is no host, the gateway’s own, and one twice are refused', async () => {
  const { owner } = await t.tenant();
  const gateway = new URL(t.settings.gatewayUrl).hostname;
  const bad = [
    'acme',
    'https://api.acme.com',
    'api.acme.com:8080',
    '192.0.2.7',
    'a..b.test',
    '-a.test',
    '*.acme.com',
    `x.${gateway}`,
  ];
  for (const host of bad) {
    expect(
      (await faultOf(addHost(owner, { host }))).issues.map(({ path }) => path),
      host,
    ).toEqual(['host']);
  }
  const host = fresh();
  await addHost(owner, { host });
  expect((await faultOf(addHost(owner, { host }))).code).toBe('conflict');
  expect((await faultOf(addHost(owner, { host: fresh(), api: 'nothing' }))).code).toBe('not_found');
});

test('a declaration adds hosts for the tenant or one API, and comes out again', async () => {
  const { owner, tenantId } = await t.tenant();
  await withRestDraft(owner);
  await publishApiVersion(owner, { api: 'orders', version: 'v1' });
  const hosts = [{ host: fresh() }, { host: fresh(), api: 'orders' }];
  const steps = (await applyDeclaration(owner, { parley: 1, hosts })).steps.map(
    ({ action, kind }) => `${action} ${kind}`,
  );
  expect(steps).toEqual(['create host', 'create host']);
  const exported = await exportDeclaration(owner, {});
  expect(exported.hosts).toHaveLength(2);
  expect((await applyDeclaration(owner, exported)).steps).toEqual([]);
  const moved = [{ host: hosts[1]?.host ?? '' }];
  expect((await faultOf(applyDeclaration(owner, { parley: 1, hosts: moved }))).code).toBe('conflict');
  for (const { id, record } of (await listHosts(owner, {})).items) {
    await verifyHost(
      asking(owner, () => Promise.resolve([record.value])),
      { id },
    );
  }
  const served = await hostsOf(tenantId);
  expect(served?.find(({ host }) => host === hosts[1]?.host)?.apiId).toEqual(expect.any(String));
});
