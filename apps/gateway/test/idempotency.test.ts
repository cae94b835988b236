import { request as httpRequest } from 'node:http';
import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { startFaultProxy } from '@parley/testkit/fault-proxy';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  api,
  apiKey,
  application,
  model,
  PROMPT,
  type Publisher,
  provider,
  publisher,
  restApi,
  subscription,
  upstream,
} from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import {
  type Behaviour,
  completion,
  sendJson,
  sendStream,
  startUpstream,
  streamEvents,
  type UpstreamServer,
} from './upstream-server.ts';
import { openWorld, testRedisUrl, type World } from './world.ts';

let first: World;
let second: World;
let backend: UpstreamServer;
let pub: Publisher;
let mine: string;
let theirs: string;
let orders = 0;

const order: Behaviour = (received, response) => {
  orders++;
  if (received.url.includes('chat')) return sendJson(response, 200, completion(`answer ${orders}`));
  return sendJson(response, 201, { order: orders }, { location: `/orders/${orders}`, 'x-from': 'backend' });
};

beforeAll(async () => {
  [first, second] = [await openWorld(), await openWorld()];
  backend = await startUpstream(order);
  pub = publisher(`idem-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url, { timeouts: { connectMs: 500, headersMs: 3000, totalMs: 3000 } });
  const dead = upstream(pub, 'http://127.0.0.1:1');
  model(pub, provider(pub, backend.url).id, 'fast');
  const with_ = (policy: PoliciesInput['idempotency'], made: ReturnType<typeof api>) => {
    for (const version of made.versions) version.policies = { idempotency: policy };
    return made;
  };
  const apis = [
    with_({}, restApi(pub, 'orders', target.id, [{ requests: 5000, windowSeconds: 3600 }])),
    with_({}, restApi(pub, 'other', target.id)),
    with_({ required: true, maxAnswerBytes: 1000 }, restApi(pub, 'strict', target.id)),
    with_({ whenUnavailable: 'pass' }, restApi(pub, 'lax', target.id)),
    with_({}, restApi(pub, 'dead', dead.id)),
    with_({}, api(pub, 'llm', { kind: 'llm', models: ['fast'] })),
    with_({}, api(pub, 'prompt', { kind: 'prompt', promptVersionId: newId(), definition: PROMPT })),
  ];
  const keys = [apiKey(), apiKey()] as const;
  [mine, theirs] = [keys[0].secret, keys[1].secret];
  await publishTenant(first.redis, pub.doc);
  for (const key of keys) {
    await publishApplication(
      first.redis,
      application(
        apis.map((one) => subscription(pub, one)),
        [key.entry],
      ),
    );
  }
});
afterAll(async () => {
  await first.close();
  await second.close();
  await backend.close();
});
beforeEach(() => {
  orders = 0;
  backend.received.length = 0;
  backend.behave(order);
});

interface Call {
  readonly key?: string;
  readonly body?: object;
  readonly secret?: string;
  readonly world?: World;
  readonly method?: string;
}

function post(path: string, { key, body = { item: 1 }, secret = mine, world = first, method = 'POST' }: Call = {}) {
  const at = path.startsWith('/v1/') ? path : `/${pub.doc.slug}/${path}`;
  return fetch(world.url + at, {
    method,
    headers: {
      'x-api-key': secret,
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
}

const codeOf = async (answer: Response) => ((await answer.json()) as { code?: string }).code;

it('gives a repeat the first answer, on any node, without a second call upstream and at no cost', async () => {
  const key = newId();
  const original = await post('orders/v1/orders', { key });
  const text = await original.text();
  const again = await post('orders/v1/orders', { key, world: second });
  expect(original.headers.get('idempotency-replayed')).toBeNull();
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect([again.status, await again.text()]).toEqual([201, text]);
  expect(again.headers.get('location')).toBe('/orders/1');
  expect(again.headers.get('x-from')).toBe('backend');
  expect(again.headers.get('x-request-id')).not.toBe(original.headers.get('x-request-id'));
  expect(again.headers.get('ratelimit')).toMatch(/r=4998/);
  expect(backend.received).toHaveLength(1);
  expect(backend.received[0]?.headers['idempotency-key']).toBe(key);
  const event = await second.event(again.headers.get('x-request-id'));
  expect(event).toMatchObject({ status: 201, cache: 'replayed', attempts: 0, costNano: '0' });
  expect((await first.event(original.headers.get('x-request-id'))).cache).toBeUndefined();
});

it('takes a quoted key, as the draft writes it, and a bare one for the same', async () => {
  const key = newId();
  await (await post('orders/v1/orders', { key: `"${key}"` })).text();
  expect((await post('orders/v1/orders', { key })).headers.get('idempotency-replayed')).toBe('true');
});

it('keeps keys apart by application and by API version', async () => {
  const key = newId();
  const answers = await Promise.all([
    post('orders/v1/orders', { key }),
    post('orders/v1/orders', { key, secret: theirs }),
    post('other/v1/orders', { key }),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
  expect(backend.received).toHaveLength(3);
});

it('refuses the key for another method, path, query or body', async () => {
  const key = newId();
  await (await post('orders/v1/orders', { key })).text();
  const calls = [
    post('orders/v1/orders', { key, body: { item: 2 } }),
    post('orders/v1/orders?x=1', { key }),
    post('orders/v1/other', { key }),
    post('orders/v1/orders', { key, method: 'PATCH' }),
  ];
  for (const answer of await Promise.all(calls)) {
    expect([answer.status, await codeOf(answer)]).toEqual([422, 'idempotency_mismatch']);
  }
  expect(backend.received).toHaveLength(1);
});

it('leaves other methods and calls without a key alone', async () => {
  const key = newId();
  for (const call of [{ key, method: 'GET' }, { key, method: 'PUT' }, { key, method: 'DELETE' }, {}, {}]) {
    expect((await post('orders/v1/orders', call)).headers.get('idempotency-replayed')).toBeNull();
  }
  expect(backend.received).toHaveLength(5);
});

it('lets one of many equal calls at once run; the others are told to wait', async () => {
  let finish = (): void => {};
  backend.behave((_received, response) => {
    finish = () => sendJson(response, 201, { order: 1 });
  });
  const key = newId();
  const running = post('orders/v1/orders', { key });
  await waitFor('the call to arrive', () => backend.received.length === 1);
  const others = await Promise.all(
    [1, 2, 3].map((n) => post('orders/v1/orders', { key, world: n > 1 ? second : first })),
  );
  for (const answer of others) {
    expect(answer.status).toBe(409);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await codeOf(answer)).toBe('idempotency_in_progress');
  }
  finish();
  expect((await running).status).toBe(201);
  expect((await post('orders/v1/orders', { key, world: second })).headers.get('idempotency-replayed')).toBe('true');
  expect(backend.received).toHaveLength(1);
});

it('runs a call to its end though its client has left, and gives the repeat its answer', async () => {
  let finish = (): void => {};
  backend.behave((_received, response) => {
    response.writeHead(201, { 'content-type': 'text/plain' });
    response.write('first half, ');
    finish = () => response.end('second half');
  });
  const key = newId();
  const url = new URL(`${first.url}/${pub.doc.slug}/orders/v1/orders`);
  const headers = { 'x-api-key': mine, 'idempotency-key': key, 'content-type': 'application/json' };
  const leaving = httpRequest(url, { method: 'POST', headers }, (answer) =>
    answer.once('data', () => leaving.destroy()),
  );
  leaving.on('error', () => {});
  leaving.end(JSON.stringify({ item: 1 }));
  await waitFor('the client to leave', () => leaving.destroyed && backend.received.length === 1);
  expect((await post('orders/v1/orders', { key })).status).toBe(409);
  finish();
  const again = await waitFor('the answer', async () => {
    const answer = await post('orders/v1/orders', { key, world: second });
    return answer.status === 201 && answer.text();
  });
  expect(again).toBe('first half, second half');
  expect(backend.received).toHaveLength(1);
  const event = await waitFor('its record', () => first.events().find((one) => one.abortedBy === 'client'));
  expect(event).toMatchObject({ status: 201, attempts: 1 });
});

it('keeps an upstream’s own failure, but not one that came before the upstream or says nothing was done', async () => {
  const [failed, busy, dead] = [newId(), newId(), newId()];
  backend.behave((_received, response) => sendJson(response, 500, { oh: 'no' }));
  await (await post('orders/v1/orders', { key: failed })).text();
  backend.behave((_received, response) => sendJson(response, 429, {}));
  await (await post('orders/v1/orders', { key: busy })).text();
  expect((await post('dead/v1/orders', { key: dead })).status).toBe(502);
  backend.behave(order);
  expect((await post('orders/v1/orders', { key: failed })).status).toBe(500);
  expect((await post('orders/v1/orders', { key: busy })).status).toBe(201);
  expect(await codeOf(await post('dead/v1/orders', { key: dead }))).toBe('upstream_unreachable');
});

it('does not run again what was cut or too large to keep, and says so', async () => {
  const [cut, large, binary] = [newId(), newId(), newId()];
  backend.behave((_received, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setImmediate(() => response.destroy());
  });
  await post('orders/v1/orders', { key: cut })
    .then((answer) => answer.text())
    .catch(() => '');
  backend.behave((_received, response) => void response.end('x'.repeat(1001)));
  expect((await (await post('strict/v1/orders', { key: large })).text()).length).toBe(1001);
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
  backend.behave((_received, response) => void response.end(bytes));
  await (await post('strict/v1/orders', { key: binary })).arrayBuffer();
  backend.behave(order);
  for (const answer of [await post('orders/v1/orders', { key: cut }), await post('strict/v1/orders', { key: large })]) {
    expect([answer.status, await codeOf(answer)]).toEqual([409, 'idempotency_not_kept']);
  }
  expect(Buffer.from(await (await post('strict/v1/orders', { key: binary })).arrayBuffer())).toEqual(bytes);
  expect(backend.received).toHaveLength(3);
});

it('asks for a key where the policy does, and refuses one that is none, before anything counts', async () => {
  expect(await codeOf(await post('strict/v1/orders'))).toBe('idempotency_key_missing');
  expect((await post('strict/v1/orders', { method: 'GET' })).status).toBe(201);
  for (const bad of ['', 'x'.repeat(256), '"open', 'a b', '"a"b"']) {
    const answer = await post('orders/v1/orders', { key: bad });
    expect([answer.status, await codeOf(answer)], bad).toEqual([400, 'idempotency_key_malformed']);
    expect(answer.headers.get('ratelimit'), bad).toBeNull();
  }
  expect(backend.received).toHaveLength(1);
});

it('holds for chat and prompt calls: one charge for many repeats', async () => {
  const chat = { model: 'fast', messages: [{ role: 'user', content: 'hi' }] };
  const calls = [
    ['/v1/chat/completions', chat],
    ['llm/v1/chat/completions', chat],
    ['prompt/v1', { name: 'Ada' }],
  ] as const;
  for (const [path, body] of calls) {
    const key = newId();
    const original = await post(path, { key, body });
    const text = await original.text();
    expect(original.status, text).toBe(200);
    const again = await post(path, { key, body, world: second });
    expect([again.headers.get('idempotency-replayed'), await again.text()], path).toEqual(['true', text]);
    expect((await first.event(original.headers.get('x-request-id'))).costNano, path).not.toBe('0');
    expect(await second.event(again.headers.get('x-request-id')), path).toMatchObject({
      costNano: '0',
      inputTokens: 0,
      outputTokens: 0,
      cache: 'replayed',
    });
  }
  expect(backend.received).toHaveLength(3);
});

it('does not run a stream twice: its repeat is refused', async () => {
  backend.behave((_received, response) => sendStream(response, streamEvents(['Hello'])));
  const call = { key: newId(), body: { model: 'fast', messages: [], stream: true } };
  expect(await (await post('/v1/chat/completions', call)).text()).toContain('[DONE]');
  const again = await post('/v1/chat/completions', call);
  expect(again.status).toBe(409);
  expect(((await again.json()) as { error: { code: string } }).error.code).toBe('idempotency_not_kept');
  expect(backend.received).toHaveLength(1);
});

it('lets a model call that failed be tried again with its key', async () => {
  const call = { key: newId(), body: { model: 'fast', messages: [] } };
  backend.behave((_received, response) => sendJson(response, 500, {}));
  expect((await post('/v1/chat/completions', call)).status).toBe(502);
  backend.behave(order);
  expect((await post('/v1/chat/completions', call)).status).toBe(200);
});

it('keeps nothing readable in Redis', async () => {
  backend.behave((_received, response) => sendJson(response, 200, { iban: 'NL91ABNA0417164300' }));
  await (await post('orders/v1/orders', { key: newId(), body: { secret: 'tell-nobody-4242' } })).text();
  const names = await first.redis.keys(`parley:idempotency:{${pub.doc.tenantId}:*`);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const held = JSON.stringify(await first.redis.hgetall(name));
    expect(held).not.toMatch(/NL91ABNA0417164300|tell-nobody/);
    expect(await first.redis.pttl(name)).toBeGreaterThan(0);
  }
});

it('without Redis refuses calls with a key, unless the policy lets them run', async () => {
  const real = new URL(testRedisUrl());
  const proxy = await startFaultProxy({ host: real.hostname, port: Number(real.port) });
  const through = new URL(real);
  through.host = `${proxy.host}:${proxy.port}`;
  const world = await openWorld({ redisUrl: through.href });
  try {
    for (const name of ['other', 'lax']) await (await post(`${name}/v1/x`, { world })).text();
    proxy.faults.refuse = true;
    proxy.reset();
    const refused = await waitFor('the connection to break', async () => {
      const answer = await post('other/v1/x', { world, key: newId() });
      return answer.status === 503 && answer;
    });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await codeOf(refused)).toBe('idempotency_unavailable');
    expect((await post('other/v1/x', { world })).status).toBe(201);
    expect((await post('lax/v1/x', { world, key: newId() })).status).toBe(201);
  } finally {
    await world.close();
    await proxy.close();
  }
});
