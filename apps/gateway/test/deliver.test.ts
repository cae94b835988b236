import { type AcceptedEvent, acceptedEventSchema, bodyPurpose } from '@parley/contracts/deliveries';
import type { PoliciesInput } from '@parley/contracts/policies';
import { redisKeys } from '@parley/contracts/redis-keys';
import { createProducer } from '@parley/jobs/producer';
import { newId } from '@parley/kernel/id';
import { openBuffer, openDataKey, parseMasterKey } from '@parley/kernel/seal';
import { startFaultProxy } from '@parley/testkit/fault-proxy';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  api,
  apiKey,
  application,
  MASTER_KEY,
  type Publisher,
  publisher,
  subscription,
  upstream,
} from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, testRedisUrl, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let pub: Publisher;
let mine: string;
let theirs: string;
let targetId: string;

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_, response) => sendJson(response, 200, { from: 'backend' }));
  pub = publisher(`deliver-${newId().slice(-8)}`);
  const target = upstream(pub, `${backend.url}/base`);
  const second = upstream(pub, backend.url, { slug: 'second' });
  targetId = target.id;
  const make = (slug: string, policies: PoliciesInput) => {
    const made = api(pub, slug, {
      kind: 'rest',
      routes: [
        { id: newId(), method: '*', path: '/*', upstreamId: target.id, upstreamPath: null },
        { id: newId(), method: 'POST', path: '/orders/{id}/paid', upstreamId: target.id, upstreamPath: '/in/{id}' },
      ],
    });
    for (const version of made.versions) version.policies = policies;
    return made;
  };
  const apis = [
    make('later', { deliver: { maxBodyKb: 2, keepDays: 7 } }),
    make('fan', { deliver: { to: [target.slug, second.slug] } }),
    make('lost', { deliver: { to: ['nowhere'] } }),
    make('strict', { deliver: {}, idempotency: { required: true } }),
  ];
  const keys = [apiKey(), apiKey()] as const;
  [mine, theirs] = [keys[0].secret, keys[1].secret];
  await publishTenant(world.redis, pub.doc);
  for (const key of keys) {
    const subscriptions = apis.map((one) => subscription(pub, one));
    await publishApplication(world.redis, application(subscriptions, [key.entry]));
  }
});
afterAll(async () => {
  await world.close();
  await backend.close();
});
beforeEach(() => {
  world.jobs.jobs.length = 0;
  world.jobs.fail = false;
  backend.received.length = 0;
});

const events = (): AcceptedEvent[] =>
  world.jobs.jobs
    .filter(({ name }) => name === 'event.accept')
    .map(({ payload }) => acceptedEventSchema.parse(payload));
const textOf = (event: AcceptedEvent | undefined): string | null => {
  if (!event || event.body === null) return null;
  const dataKey = openDataKey(parseMasterKey(MASTER_KEY), pub.doc.sealedDataKey, pub.doc.tenantId);
  return openBuffer(dataKey, Buffer.from(event.body, 'base64'), bodyPurpose(event.id)).toString();
};

interface Call {
  readonly method?: string;
  readonly body?: string;
  readonly secret?: string;
  readonly headers?: Record<string, string>;
}
const call = (path: string, { method = 'POST', body = '{"a":1}', secret = mine, headers = {} }: Call = {}) =>
  fetch(`${world.url}/${pub.doc.slug}/${path}`, {
    method,
    headers: { 'x-api-key': secret, 'content-type': 'application/json', ...headers },
    ...(method === 'GET' ? {} : { body }),
  });

interface Accepted {
  readonly id: string;
  readonly status: string;
}
const accepted = async (answer: Response): Promise<Accepted> => {
  const text = await answer.text();
  expect(answer.status, text).toBe(202);
  return JSON.parse(text) as Accepted;
};

it('accepts a call with 202 once the queue has it, and calls nobody', async () => {
  const answer = await call('later/v1/orders/7/paid?x=%20y', { headers: { 'x-trace': 'abc', cookie: 'a=b' } });
  const said = await accepted(answer);
  expect(answer.headers.get('webhook-id')).toBe(said.id);
  expect(said).toEqual({ id: answer.headers.get('x-request-id'), status: 'accepted' });
  const [event] = events();
  expect(event).toMatchObject({
    id: said.id,
    tenantId: pub.doc.tenantId,
    method: 'POST',
    path: '/in/7?x=%20y',
    bodyBytes: 7,
    destinations: [{ id: targetId }],
    keepDays: 7,
  });
  expect(event?.headers).toContainEqual(['content-type', 'application/json']);
  expect(event?.headers).toContainEqual(['x-trace', 'abc']);
  expect(textOf(event)).toBe('{"a":1}');
  expect(JSON.stringify(world.jobs.jobs)).not.toContain('{\\"a\\":1}');
  expect(backend.received).toEqual([]);
  const recorded = await world.event(answer.headers.get('x-request-id'));
  expect(recorded).toMatchObject({ status: 202, code: null, attempts: 0 });
});

it('takes nothing along that says who called or that only the worker may say', async () => {
  const headers = {
    authorization: `Bearer ${mine}`,
    cookie: 'session=1',
    'webhook-id': 'forged',
    'webhook-signature': 'v1,forged',
    'user-agent': 'me',
    'x-forwarded-for': '192.0.2.1',
  };
  await accepted(await call('later/v1/x', { headers }));
  const text = JSON.stringify(events()[0]?.headers);
  for (const never of [mine, 'session=1', 'forged', '192.0.2.1', 'webhook-', 'user-agent']) {
    expect(text).not.toContain(never);
  }
});

it('leaves calls that only read to the upstream', async () => {
  const answer = await call('later/v1/things', { method: 'GET' });
  expect([answer.status, await answer.json()]).toEqual([200, { from: 'backend' }]);
  expect(backend.received.map(({ url }) => url)).toEqual(['/base/things']);
  expect(events()).toEqual([]);
});

it('sends one event to every destination that is named', async () => {
  await accepted(await call('fan/v1/x'));
  expect(events()[0]?.destinations).toHaveLength(2);
});

it('accepts a repeat under one Idempotency-Key as the same event, and nobody else’s', async () => {
  const key = newId();
  const send = async (more: Call = {}, path = 'later/v1/x') =>
    (await accepted(await call(path, { ...more, headers: { 'idempotency-key': key } }))).id;
  const first = await send();
  expect(await send()).toBe(first);
  expect(await send({ secret: theirs })).not.toBe(first);
  expect(await send({}, 'later/v1/other')).not.toBe(first);
  expect(await send({}, 'fan/v1/x')).not.toBe(first);
  expect(events().filter(({ id }) => id === first)).toHaveLength(1);
  const malformed = await call('later/v1/x', { headers: { 'idempotency-key': 'x'.repeat(300) } });
  expect(malformed.status).toBe(400);
});

it('goes with the policy for idempotency keys: a repeat gets the first answer, another body is refused', async () => {
  expect((await call('strict/v1/x')).status).toBe(400);
  const headers = { 'idempotency-key': newId() };
  const first = await accepted(await call('strict/v1/x', { headers }));
  const again = await call('strict/v1/x', { headers });
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(await accepted(again)).toEqual(first);
  expect((await call('strict/v1/x', { headers, body: '{"a":2}' })).status).toBe(422);
  expect(events()).toHaveLength(1);
});

it('refuses with 503, and never a 202, while the queue is away; the key is then free', async () => {
  world.jobs.fail = true;
  const headers = { 'idempotency-key': newId() };
  for (const path of ['later/v1/x', 'strict/v1/x']) {
    const answer = await call(path, { headers });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(((await answer.json()) as { code: string }).code).toBe('queue_unavailable');
  }
  world.jobs.fail = false;
  await accepted(await call('strict/v1/x', { headers }));
});

it('bounds bodies, chunked ones too, and takes none at all', async () => {
  expect((await call('later/v1/x', { body: 'x'.repeat(2049) })).status).toBe(413);
  const stream = new Blob(['y'.repeat(5000)]).stream();
  const chunked = await fetch(`${world.url}/${pub.doc.slug}/later/v1/x`, {
    method: 'POST',
    headers: { 'x-api-key': mine },
    body: stream,
    duplex: 'half',
  });
  expect(chunked.status).toBe(413);
  await accepted(await call('later/v1/x', { body: 'x'.repeat(2048) }));
  await accepted(await call('later/v1/x', { method: 'DELETE', body: '' }));
  expect(events().map(({ bodyBytes, body }) => [bodyBytes, body === null])).toEqual([
    [2048, false],
    [0, true],
  ]);
});

it('accepts nothing for a destination that is not there, and nothing of a stranger', async () => {
  const answer = await call('lost/v1/x');
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'provider_unconfigured']);
  expect((await call('later/v1/x', { secret: 'pk_live_nobody' })).status).toBe(401);
  expect(events()).toEqual([]);
});

it('is in Redis when it says so, and says 503 when Redis cannot be reached', async () => {
  const url = new URL(testRedisUrl());
  const proxy = await startFaultProxy({ host: url.hostname, port: Number(url.port) });
  url.host = `${proxy.host}:${proxy.port}`;
  const jobs = createProducer({ redisUrl: url.href, timeoutMs: 300 });
  const real = await openWorld({ jobs });
  try {
    const send = () =>
      fetch(`${real.url}/${pub.doc.slug}/later/v1/x`, { method: 'POST', headers: { 'x-api-key': mine }, body: '1' });
    const { id } = await accepted(await send());
    expect(await world.redis.exists(`${redisKeys.queuePrefix}:events:event-${id}`)).toBe(1);
    proxy.faults.refuse = true;
    proxy.reset();
    const refused = await send();
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([503, 'queue_unavailable']);
  } finally {
    await real.close();
    await proxy.close();
  }
});
