import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { parseMasterKey } from '@parley/kernel/seal';
import { noopLogger } from '@parley/telemetry/logger';
import { afterEach, expect, it } from 'vitest';
import { api, apiKey, application, MASTER_KEY, publisher, subscription, upstream } from '../../test/documents.ts';
import { LastGoodCopy } from './last-good.ts';
import { type MemorySource, memorySource } from './memory-source.ts';
import { SnapshotStore } from './store.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-copy-'));
  folders.push(folder);
  return folder;
}

/** A node with a copy in a folder. */
function node(folder: string, source: MemorySource) {
  const store: SnapshotStore = new SnapshotStore({
    source,
    master: parseMasterKey(MASTER_KEY),
    clock: systemClock,
    log: noopLogger,
    onChange: (change) => copy.note(change),
  });
  const copy = new LastGoodCopy(folder, 'node', () => store, noopLogger);
  return { store, copy };
}

function documents() {
  const source = memorySource();
  source.inParts = true;
  const shop = publisher('shop');
  const upstreamId = upstream(shop, 'http://backend.test/').id;
  const routes = Array.from({ length: 200 }, (_, at) => ({
    id: newId(),
    method: 'GET' as const,
    path: `/thing${at}`,
    upstreamId,
    upstreamPath: null,
  }));
  const orders = api(shop, 'orders', { kind: 'rest', routes });
  const caller = application([subscription(shop, orders)], [apiKey().entry]);
  source.tenants.set(shop.doc.tenantId, shop.doc);
  source.applications.set(caller.applicationId, caller);
  const change = async (store: SnapshotStore, name: string): Promise<void> => {
    orders.name = name;
    shop.doc.version++;
    await store.apply({ kind: 'tenant', id: shop.doc.tenantId, version: shop.doc.version });
  };
  return { source, shop, orders, caller, change };
}

const docsOf = (store: SnapshotStore) => [...store.documents()].map(({ doc }) => doc);

/** What a node without any source knows from the copy. */
async function restored(folder: string) {
  const source = memorySource();
  source.away = true;
  const { store, copy } = node(folder, source);
  return { count: await copy.restore(), docs: docsOf(store) };
}

it('adds changes to the copy: what has changed, not everything', async () => {
  const folder = newFolder();
  const { source, shop, caller, change } = documents();
  const { store, copy } = node(folder, source);
  await store.tenantById(shop.doc.tenantId);
  await store.applicationById(caller.applicationId);
  await copy.close();
  const before = statSync(join(folder, 'node.ndjson')).size;
  for (let n = 0; n < 5; n++) {
    await change(store, `Name ${n}`);
    await copy.close();
  }
  expect(statSync(join(folder, 'node.ndjson')).size - before).toBeLessThan(before / 2);
  expect(await restored(folder)).toEqual({ count: 2, docs: [shop.doc, caller] });
});

it('forgets what was deleted, and keeps what came back', async () => {
  const folder = newFolder();
  const { source, shop, caller } = documents();
  const { store, copy } = node(folder, source);
  await store.tenantById(shop.doc.tenantId);
  await store.applicationById(caller.applicationId);
  await copy.close();
  source.applications.clear();
  await store.apply({ kind: 'application', id: caller.applicationId, version: 2 });
  await copy.close();
  expect((await restored(folder)).docs).toEqual([shop.doc]);
  source.applications.set(caller.applicationId, { ...caller, version: 3 });
  await store.applicationById(caller.applicationId);
  await copy.close();
  expect((await restored(folder)).docs).toEqual([shop.doc, { ...caller, version: 3 }]);
});

it('is read up to where a crash has cut it off: the configuration before that', async () => {
  const folder = newFolder();
  const { source, shop, change } = documents();
  const { store, copy } = node(folder, source);
  await store.tenantById(shop.doc.tenantId);
  await copy.close();
  await change(store, 'Complete');
  await copy.close();
  const complete = structuredClone(shop.doc);
  const whole = readFileSync(join(folder, 'node.ndjson'), 'utf8');
  await change(store, 'Cut off');
  await copy.close();
  const added = readFileSync(join(folder, 'node.ndjson'), 'utf8').slice(whole.length);
  for (const length of [1, 20, added.indexOf('\n'), added.indexOf('\n') + 30, added.length - 20]) {
    const cut = newFolder();
    appendFileSync(join(cut, 'node.ndjson'), whole + added.slice(0, length));
    expect((await restored(cut)).docs).toEqual([complete]);
  }
});

it('reads the copy of the release before', async () => {
  const folder = newFolder();
  const { shop, caller } = documents();
  const line = (kind: string, doc: object): string => `${JSON.stringify({ kind, doc })}\n`;
  appendFileSync(join(folder, 'node.ndjson'), line('tenant', shop.doc) + line('application', caller));
  expect(await restored(folder)).toEqual({ count: 2, docs: [shop.doc, caller] });
});

it('is written anew where the file has gone', async () => {
  const folder = newFolder();
  const { source, shop, change } = documents();
  const { store, copy } = node(folder, source);
  await store.tenantById(shop.doc.tenantId);
  await copy.close();
  rmSync(join(folder, 'node.ndjson'));
  await change(store, 'First');
  await copy.close();
  await change(store, 'Second');
  await copy.close();
  expect((await restored(folder)).docs).toEqual([shop.doc]);
});
