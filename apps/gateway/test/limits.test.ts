import type { ServerResponse } from 'node:http';
import type { PoliciesInput } from '@parley/contracts/policies';
import type { LimitRule } from '@parley/contracts/policies/limits';
import type { Limit } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { type FaultProxy, startFaultProxy } from '@parley/testkit/fault-proxy';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, apiKey, application, publisher, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, testRedisUrl, type World } from './world.ts';

let proxy: FaultProxy;
let backend: UpstreamServer;
let worlds: World[];
/** What the upstream does with a call. */
let answer = (response: ServerResponse): void => sendJson(response, 200, {});

beforeAll(async () => {
  const real = new URL(testRedisUrl());
  proxy = await startFaultProxy({ host: real.hostname, port: Number(real.port) });
  real.host = `${proxy.host}:${proxy.port}`;
  const open = (): Promise<World> => openWorld({ trustedProxies: ['127.0.0.1/32'], redisUrl: real.href });
  worlds = await Promise.all([open(), open()]);
  backend = await startUpstream((_, response) => answer(response));
});
afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()));
  await backend.close();
  await proxy.close();
});

type Rules = NonNullable<PoliciesInput['limits']>['rules'];
const DAY: Pick<LimitRule & { algorithm: 'window' }, 'algorithm' | 'periodSeconds'> = {
  algorithm: 'window',
  periodSeconds: 86_400,
};

/** An API with two routes under these rules (the second may have its own) and two applications, the first with two keys. */
async function setUp(rules: Rules, ownRules?: Rules, plan: Limit[] = []) {
  const pub = publisher(`limits-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url);
  const route = { method: '*' as const, upstreamId: target.id, upstreamPath: null };
  const routes = [
    { ...route, id: newId(), path: '/a' },
    { ...route, id: newId(), path: '/b', ...(ownRules ? { policies: { limits: { rules: ownRules } } } : {}) },
  ];
  const limited = api(pub, 'api', { kind: 'rest', routes }, plan);
  for (const version of limited.versions) version.policies = { limits: { rules } };
  const keys = [apiKey(), apiKey(), apiKey()] as const;
  const [world] = worlds as [World, World];
  await publishTenant(world.redis, pub.doc);
  const [one, same, other] = keys;
  await publishApplication(world.redis, application([subscription(pub, limited)], [one.entry, same.entry]));
  await publishApplication(world.redis, application([subscription(pub, limited)], [other.entry]));
  let turn = 0;
  return (
    key: 0 | 1 | 2,
    path: '/a' | '/b' = '/a',
    more: { body?: string; from?: string; signal?: AbortSignal } = {},
  ): Promise<Response> =>
    fetch(`${worlds[turn++ % worlds.length]?.url}/${pub.doc.slug}/api/v1${path}`, {
      headers: { 'x-api-key': keys[key].secret, 'x-forwarded-for': more.from ?? '192.0.2.1' },
      ...(more.signal ? { signal: more.signal } : {}),
      ...(more.body === undefined ? {} : { method: 'POST', body: more.body }),
    });
}

/** Statuses of calls one after the other, over two nodes in turn. */
async function statuses(calls: Iterable<() => Promise<Response>>): Promise<number[]> {
  const found: number[] = [];
  for (const call of calls) {
    const answer = await call();
    await answer.text();
    found.push(answer.status);
  }
  return found;
}

it('counts each application, key or route by itself, and all callers of an API or address together', async () => {
  const scoped = (scope: LimitRule['scope']) => setUp([{ ...DAY, amount: 2, scope }]);
  const [application, key, route, whole, address] = await Promise.all(
    (['application', 'key', 'route', 'api', 'address'] as const).map(scoped),
  );
  const of = (call: Awaited<ReturnType<typeof setUp>> | undefined) => {
    if (!call) throw new Error('not set up');
    return statuses([
      () => call(0, '/a'),
      () => call(0, '/a'),
      () => call(1, '/a'),
      () => call(0, '/b'),
      () => call(2, '/a'),
      () => call(2, '/a', { from: '198.51.100.7' }),
    ]);
  };
  expect(await of(application)).toEqual([200, 200, 429, 429, 200, 200]);
  expect(await of(key)).toEqual([200, 200, 200, 429, 200, 200]);
  expect(await of(route)).toEqual([200, 200, 429, 200, 200, 200]);
  expect(await of(whole)).toEqual([200, 200, 429, 429, 429, 429]);
  expect(await of(address)).toEqual([200, 200, 429, 429, 429, 200]);
});

it('counts a network of IPv6 addresses as one caller', async () => {
  const call = await setUp([{ ...DAY, amount: 1, scope: 'address' }]);
  const from = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::', '2001:db8:1:3::1', '2001:0db8:0001:0002:0:0:0:9'];
  expect(await statuses(from.map((address) => () => call(0, '/a', { from: address })))).toEqual([200, 429, 200, 429]);
});

it('tells all limits, new and old headers, and when to come again', async () => {
  const rules: Rules = [
    { ...DAY, amount: 2, name: 'daily' },
    { algorithm: 'gcra', amount: 600, burst: 5 },
    { algorithm: 'quota', amount: 9, scope: 'api', shadow: true },
  ];
  const call = await setUp(rules, undefined, [{ requests: 50, windowSeconds: 3600 }]);
  const first = await call(0);
  expect(first.headers.get('ratelimit-policy')).toBe(
    '"per-3600s";q=50;w=3600, "daily";q=2;w=86400, "requests-60s-application";q=600;w=60',
  );
  expect(first.headers.get('ratelimit')).toMatch(
    /^"per-3600s";r=49;t=\d+, "daily";r=1;t=\d+, "requests-60s-application";r=4;t=\d+$/,
  );
  expect(first.headers.get('x-ratelimit-limit')).toBe('2');
  expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
  expect(Number(first.headers.get('x-ratelimit-reset'))).toBeGreaterThan(0);
  await call(0);
  const refused = await call(0);
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({
    code: 'rate_limited',
    title: expect.stringMatching(
      /^This API allows 2 requests per day for each application, and they are used up until \d{4}-\d\d-\d\dT00:00:00Z\.$/,
    ),
  });
  expect(refused.headers.get('retry-after')).toBe(refused.headers.get('x-ratelimit-reset'));
  expect(refused.headers.get('ratelimit')).toMatch(/^"per-3600s";r=48;/);
});

it('lays a route’s limits over the version’s, and keeps their counts apart', async () => {
  const call = await setUp([{ ...DAY, amount: 1 }], [{ algorithm: 'quota', amount: 2, every: 'month' }]);
  const calls = (['/a', '/a', '/b', '/b'] as const).map((path) => () => call(0, path));
  expect(await statuses(calls)).toEqual([200, 429, 200, 200]);
  expect(await (await call(0, '/b')).json()).toMatchObject({
    code: 'quota_exceeded',
    title: expect.stringMatching(
      /^This API allows 2 requests per calendar month for each application, and they are used up until \d{4}-\d\d-01T00:00:00Z\.$/,
    ),
  });
});

it('counts the bytes of bodies; a small one may still fit where a large one does not', async () => {
  const call = await setUp([{ ...DAY, amount: 100, what: 'requestBytes' }]);
  const sizes = [60, 60, 40, 0, 1];
  const calls = sizes.map((size) => () => (size === 0 ? call(0) : call(0, '/a', { body: 'x'.repeat(size) })));
  expect(await statuses(calls)).toEqual([200, 429, 200, 200, 429]);
});

it('only watches with a limit on trial', async () => {
  const call = await setUp([{ ...DAY, amount: 1, shadow: true }]);
  const calls = [1, 2, 3].map(() => () => call(0));
  expect(await statuses(calls)).toEqual([200, 200, 200]);
  expect((await call(0)).headers.get('ratelimit')).toBeNull();
});

it('without Redis lets pass where every limit allows it, and nothing where one does not', async () => {
  const open = { ...DAY, amount: 1000, whenStoreIsDown: 'allow' } as const;
  const allowing = await setUp([open]);
  const strict = await setUp([open, { ...DAY, algorithm: 'sliding', amount: 1000 }]);
  const planned = await setUp([open], undefined, [{ requests: 1000, windowSeconds: 60 }]);
  const all = [allowing, strict, planned];
  for (const call of all) expect(await statuses([() => call(0), () => call(0)])).toEqual([200, 200]);
  proxy.faults.refuse = true;
  proxy.reset();
  try {
    await waitFor('limits to be refused', async () => (await strict(0)).status === 503);
    for (const call of all) await statuses([() => call(0), () => call(0)]);
    const down = await Promise.all(all.map((call) => statuses([() => call(0), () => call(0)])));
    expect(down).toEqual([
      [200, 200],
      [503, 503],
      [503, 503],
    ]);
  } finally {
    proxy.faults.refuse = false;
  }
  await waitFor('limits to be counted again', async () => (await strict(0)).status === 200);
});

it('lets so many calls run at the same time, and the next as soon as one ends, however it ends', async () => {
  const call = await setUp([{ algorithm: 'concurrency', amount: 2, scope: 'api' }]);
  const waiting: ServerResponse[] = [];
  answer = (response) => void waiting.push(response);
  const leaving = new AbortController();
  const calls = [call(0), call(2, '/a', { signal: leaving.signal }).catch(() => null)];
  await waitFor('two running calls', () => waiting.length === 2);
  const refused = await call(0);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('ratelimit-policy')).toBe('"running-now-api";q=2;qu="concurrent-requests"');
  expect(await refused.json()).toMatchObject({ code: 'too_many_running' });
  leaving.abort();
  answer = (response) => sendJson(response, 200, {});
  await waitFor('room after one has left', async () => (await call(1)).status === 200);
  for (const response of waiting) sendJson(response, 200, {});
  expect((await calls[0])?.status).toBe(200);
  await waitFor('room after all', async () => {
    answer = (response) => sendJson(response, 200, {});
    const found = await Promise.all([call(0), call(1)]);
    return found.every(({ status }) => status === 200);
  });
});
