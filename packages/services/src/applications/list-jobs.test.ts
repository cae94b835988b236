import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { BACKGROUND_JOBS_PATH } from '@parley/contracts/background-jobs';
import { INTERNAL_HEADER } from '@parley/contracts/explain';
import { isInternalCall } from '@parley/kernel/internal-call';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Context } from '../context.ts';
import { faultOf } from '../test/publisher.ts';
import { createApplication } from './create.ts';
import { listJobs } from './list-jobs.ts';

const SECRET = 'i'.repeat(32);
const kit = testContext();
const asked: unknown[] = [];
const job = {
  id: '0199a200-0000-7000-8000-000000000001',
  state: 'queued',
  path: '/v1/chat/completions',
  model: 'gpt',
  acceptedAt: '2026-11-22T00:00:00.000Z',
  startedAt: null,
  endedAt: null,
  expiresAt: '2026-11-24T00:00:00.000Z',
  tries: 0,
  status: null,
  code: null,
};

/** Stands where the gateway would: believes only what is signed. */
const gateway = createServer((request, response) => {
  void text(request).then((body) => {
    const token = String(request.headers[INTERNAL_HEADER]);
    const good = isInternalCall(token, SECRET, BACKGROUND_JOBS_PATH, body, Date.now());
    asked.push(JSON.parse(body));
    response.writeHead(good && request.url === BACKGROUND_JOBS_PATH ? 200 : 401).end(JSON.stringify({ items: [job] }));
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

test('an application’s jobs are asked of the gateway, by whoever may see the application', async () => {
  const { owner, as } = await kit.tenant();
  const { id } = await createApplication(owner, { slug: 'shop', name: 'Shop' });
  expect(await listJobs(knowing(await as('viewer')), { application: 'shop' })).toEqual({ items: [job] });
  expect(asked.at(-1)).toEqual({ applicationId: id });
});

test('nobody asks for another tenant’s application, and without a secret nothing is asked', async () => {
  const [theirs, mine] = [await kit.tenant(), await kit.tenant()];
  const { id } = await createApplication(theirs.owner, { slug: 'shop', name: 'Shop' });
  const before = asked.length;
  expect((await faultOf(listJobs(knowing(mine.owner), { application: id }))).code).toBe('not_found');
  const alone = { ...theirs.owner, settings: { ...theirs.owner.settings, internalSecret: null } };
  expect((await faultOf(listJobs(alone, { application: id }))).code).toBe('unavailable');
  expect(asked).toHaveLength(before);
});
