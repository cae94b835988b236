import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { INTERNAL_HEADER } from '@parley/contracts/explain';
import { BATCH_CANCEL_PATH, BATCH_LIST_PATH, BATCH_READ_PATH } from '@parley/contracts/kept-batches';
import { isInternalCall } from '@parley/kernel/internal-call';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Context } from '../context.ts';
import { faultOf } from '../test/publisher.ts';
import { cancelBatch } from './cancel-batch.ts';
import { createApplication } from './create.ts';
import { listBatches } from './list-batches.ts';
import { readBatch } from './read-batch.ts';

const SECRET = 'i'.repeat(32);
const ID = '0199a200-0000-7000-8000-000000000001';
const kit = testContext();
const asked: { path: string; body: unknown }[] = [];
const batch = {
  id: ID,
  name: 'batch_0199a200000070008000000000000001',
  state: 'in_progress',
  endpoint: '/v1/chat/completions',
  total: 3,
  completed: 1,
  failed: 0,
  createdAt: '2026-11-22T00:00:00.000Z',
  endedAt: null,
  expiresAt: '2026-11-23T00:00:00.000Z',
  hasOutput: false,
  hasErrors: false,
  problem: null,
};
const replies = new Map<string, (id: unknown) => object>([
  [BATCH_LIST_PATH, () => ({ items: [batch] })],
  [BATCH_CANCEL_PATH, (id) => ({ batch: id === ID ? { ...batch, state: 'cancelling' } : null })],
  [BATCH_READ_PATH, (id) => ({ piece: id === ID ? { base64: 'e30K', next: null } : null })],
]);

/** Stands where the gateway would: believes only what is signed. */
const gateway = createServer((request, response) => {
  void text(request).then((body) => {
    const path = request.url ?? '';
    const good = isInternalCall(String(request.headers[INTERNAL_HEADER]), SECRET, path, body, Date.now());
    const read = JSON.parse(body) as { id?: string };
    asked.push({ path, body: read });
    response.writeHead(good ? 200 : 401).end(JSON.stringify(replies.get(path)?.(read.id) ?? {}));
  });
}).listen(0, '127.0.0.1');

beforeAll(async () => {
  if (!gateway.listening) await once(gateway, 'listening');
});
afterAll(async () => {
  gateway.close();
  await kit.close();
});

function knowing(context: Context): Context {
  const gatewayUrl = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  return { ...context, settings: { ...context.settings, gatewayUrl, internalSecret: SECRET } };
}

test('an application’s batches are listed, cancelled and read by asking the gateway', async () => {
  const { owner, as } = await kit.tenant();
  const { id } = await createApplication(owner, { slug: 'shop', name: 'Shop' });
  expect(await listBatches(knowing(await as('viewer')), { application: 'shop' })).toEqual({ items: [batch] });
  const member = knowing(await as('developer'));
  expect(await cancelBatch(member, { application: 'shop', batch: ID })).toMatchObject({ state: 'cancelling' });
  expect(await readBatch(member, { application: 'shop', batch: ID })).toEqual({ base64: 'e30K', next: null });
  expect(asked.slice(-3)).toEqual([
    { path: BATCH_LIST_PATH, body: { applicationId: id } },
    { path: BATCH_CANCEL_PATH, body: { applicationId: id, id: ID } },
    { path: BATCH_READ_PATH, body: { applicationId: id, id: ID, file: 'output', part: 0 } },
  ]);
  const other = { application: 'shop', batch: '0199a200-0000-7000-8000-000000000002' };
  expect((await faultOf(cancelBatch(member, other))).code).toBe('not_found');
  expect((await faultOf(readBatch(member, other))).code).toBe('not_found');
});

test('whoever may only look reads no answers, and nobody asks for another tenant’s application', async () => {
  const [theirs, mine] = [await kit.tenant(), await kit.tenant()];
  const { id } = await createApplication(theirs.owner, { slug: 'shop', name: 'Shop' });
  const before = asked.length;
  const viewer = knowing(await theirs.as('viewer'));
  expect((await faultOf(readBatch(viewer, { application: 'shop', batch: ID }))).code).toBe('forbidden');
  expect((await faultOf(cancelBatch(viewer, { application: 'shop', batch: ID }))).code).toBe('forbidden');
  const stranger = knowing(mine.owner);
  expect((await faultOf(listBatches(stranger, { application: id }))).code).toBe('not_found');
  expect((await faultOf(cancelBatch(stranger, { application: id, batch: ID }))).code).toBe('not_found');
  expect((await faultOf(readBatch(stranger, { application: id, batch: ID }))).code).toBe('not_found');
  expect(asked).toHaveLength(before);
});
