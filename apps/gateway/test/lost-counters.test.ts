import type { ServerResponse } from 'node:http';
import { redisKeys } from '@parley/contracts/redis-keys';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { type RedisServer, startRedis } from './redis-server.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** Redis loses all it has in the middle of calls, over two gateways; the worker's part (apps/worker/src/limits) is done by hand. */
let server: RedisServer | null;
let worlds: World[] = [];
let backend: UpstreamServer;
let answer = (response: ServerResponse): void => sendJson(response, 200, completion());

beforeAll(async () => {
  server = await startRedis();
  backend = await startUpstream((_, response) => answer(response));
  const redisUrl = server?.url;
  if (redisUrl !== undefined) worlds = await Promise.all([openWorld({ redisUrl }), openWorld({ redisUrl })]);
});
afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()));
  await backend.close();
  await server?.close();
});

it('lets nobody in by lost counters, asks for them, and counts on from what is restored with what still runs', async ({
  skip,
}) => {
  if (server === null) return skip('Redis runs elsewhere');
  const { redis } = server;
  const pub = publisher('lost');
  const timeouts = { connectMs: 1000, headersMs: 60_000, totalMs: 60_000 };
  const { id } = provider(pub, backend.url, { timeouts });
  model(pub, id, 'fast');
  const chat = api(pub, 'api', { kind: 'llm', models: ['fast'] });
  const rule = { algorithm: 'quota', every: 'total', what: 'tokens', amount: 1000 } as const;
  for (const version of chat.versions) version.policies = { limits: { rules: [rule] } };
  const key = apiKey();
  const sub = subscription(pub, chat);
  await publishTenant(redis, pub.doc);
  await publishApplication(redis, application([sub], [key.entry]));
  let turn = 0;
  const call = (maxTokens = 100): Promise<Response> =>
    fetch(`${worlds[turn++ % 2]?.url}/lost/api/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-api-key': key.secret, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }], max_tokens: maxTokens }),
    });

  // Three calls of 30 tokens each, on both nodes.
  for (let i = 0; i < 3; i++) expect((await call()).status).toBe(200);
  const marker = `${redisKeys.limit(pub.doc.tenantId, sub.id)}:epoch`;
  expect(await redis.exists(marker)).toBe(1);
  const [counter = ''] = await redis.zrange(redisKeys.limitHolding, '0', '-1');
  expect(await redis.hget(counter, 'u')).toBe('90');

  // One runs while everything is lost.
  const waiting: ServerResponse[] = [];
  answer = (response) => waiting.push(response);
  const running = call(500);
  await waitFor('a call to run', () => waiting.length === 1);
  await redis.flushall();
  for (let i = 0; i < worlds.length; i++) {
    const refused = await call();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await refused.json()).toMatchObject({ error: { code: 'limiter_unavailable', message: /being restored/ } });
  }
  await waitFor('a node to ask', () =>
    worlds.some(({ jobs }) => jobs.jobs.some(({ name }) => name === 'limits.rebuild')),
  );
  const asked = worlds.flatMap(({ jobs }) => jobs.jobs.filter(({ name }) => name === 'limits.rebuild'));
  expect(asked).toHaveLength(1);
  // The node that runs it says again what it holds.
  const held = await waitFor('the hold to be back', () => redis.hvals(`${counter}:held`).then((all) => all[0]), {
    timeoutMs: 10_000,
  });
  expect(held).toMatch(/^r0:509:\d+$/);

  // What events say, and what is held.
  await redis.hset(counter, 'i', 0, 'u', 90 + 509, 'c', Date.now(), 'r', 90, 'x', 0);
  const epoch = { id: newId(), cutoffMs: Date.now() };
  await redis.set(marker, epoch.id);
  await redis.set(redisKeys.limitEpoch, JSON.stringify(epoch));
  const tooMuch = await call(400);
  expect(await tooMuch.json()).toMatchObject({
    error: { message: expect.stringMatching(/90 tokens used and 509 tokens held by calls that run, 401 tokens left/) },
  });
  for (const response of waiting.splice(0)) sendJson(response, 200, completion());
  expect((await running).status).toBe(200);
  answer = (response) => sendJson(response, 200, completion());
  // It counts by what it took, which its event will tell as well: that is noted.
  await expect.poll(() => redis.hmget(counter, 'u', 'x')).toEqual(['120', '30']);
  expect((await call(400)).status).toBe(200);
  await expect.poll(() => redis.hlen(`${counter}:held`)).toBe(0);
});
