import { gzipSync } from 'node:zlib';
import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, publisher, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { type Behaviour, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
const servers: Record<string, UpstreamServer> = {};
let base: string;
let secret: string;

type Compose = NonNullable<PoliciesInput['compose']>;
type Step = Compose['steps'][number];
const order: Step = { name: 'order', upstream: 'shop', path: '/orders/{request.params.id}' };
const stock: Step = {
  name: 'stock',
  upstream: 'store',
  path: '/stock/{steps.order.body.sku}?lang={request.headers.accept-language}',
  after: ['order'],
};
const ALL = '{"body": {"order": steps.order.body, "stock": steps.stock.body}}';

const COMPOSED: Readonly<Record<string, Compose>> = {
  both: { steps: [order, stock], answer: ALL },
  soft: { steps: [order, { ...stock, required: false, fallback: '{"count": 0}' }], answer: ALL },
  side: {
    steps: [
      { name: 'a', upstream: 'shop', path: '/a' },
      { name: 'b', upstream: 'store', path: '/b' },
    ],
    answer: '{"body": steps.a.status + steps.b.status}',
  },
  made: {
    steps: [
      {
        name: 'save',
        upstream: 'shop',
        method: 'POST',
        path: '/save',
        body: '{"name": request.body.name, "who": $caller.application}',
        headers: { 'x-who': '{caller.application}', accept: 'text/plain' },
      },
    ],
    answer:
      '{"status": 201, "headers": {"location": "/things/" & steps.save.body.id, "X-Text": "a\\nb"}, "body": steps.save}',
  },
  when: {
    steps: [order, { ...stock, when: 'steps.order.body.count > 1' }],
    answer: '{"body": {"skipped": steps.stock.skipped, "stock": steps.stock.body}}',
  },
  lax: {
    steps: [{ ...order, accept: ['2xx', '404'] }],
    answer: '{"status": steps.order.status, "body": {"found": steps.order.status = 200}}',
  },
  page: {
    steps: [order],
    answer: '{"headers": {"content-type": "text/html"}, "body": "<b>" & steps.order.body.sku & "</b>"}',
  },
  quick: { steps: [{ ...order, timeoutMs: 150 }], answer: '{"body": 1}' },
  small: { steps: [order], answer: '{"body": 1}', maxKb: 1 },
  loop: { steps: [order], answer: '($f := function($x){$f($x)}; $f(1))' },
  odd: { steps: [order], answer: '[1]' },
  cookie: { steps: [order], answer: '{"headers": {"set-cookie": "a=b"}, "body": 1}' },
  lost: { steps: [{ ...order, upstream: 'nowhere' }], answer: '{"body": 1}' },
  dead: { steps: [{ ...order, upstream: 'dead' }], answer: '{"body": 1}' },
  retried: {
    steps: [
      { ...order, upstream: 'pool' },
      { name: 'pay', upstream: 'pool', method: 'POST', path: '/pay', required: false },
    ],
    answer: '{"body": steps.order.body}',
  },
};

beforeAll(async () => {
  world = await openWorld();
  for (const name of ['shop', 'store'])
    servers[name] = await startUpstream((_, response) => sendJson(response, 200, {}));
  const pub = publisher(`many-${newId().slice(-8)}`);
  const url = (name: string): string => servers[name]?.url ?? '';
  const auth = (text: string) => ({ header: 'authorization', sealed: seal(pub.dataKey, text, 'upstream_auth') });
  const shop = upstream(pub, `${url('shop')}/v1`, { slug: 'shop', auth: auth('Bearer shop-secret') });
  upstream(pub, url('store'), { slug: 'store', auth: auth('Bearer store-secret') });
  upstream(pub, 'http://127.0.0.1:9', { slug: 'dead' });
  const retries = { attempts: 3, statuses: [503], backoffMs: 1, maxBackoffMs: 2 };
  upstream(pub, `${url('shop')}/pool`, { slug: 'pool', options: { retries } });
  const routes = Object.entries(COMPOSED).map(([name, composed]) => ({
    id: newId(),
    method: '*' as const,
    path: `/${name}/{id}`,
    upstreamId: shop.id,
    upstreamPath: null,
    policies: { compose: composed } as PoliciesInput,
  }));
  const rest = api(pub, 'rest', { kind: 'rest', routes });
  const key = apiKey();
  secret = key.secret;
  base = `${world.url}/${pub.doc.slug}/rest/v1`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, { ...application([subscription(pub, rest)], [key.entry]), slug: 'till' });
});
beforeEach(() => {
  for (const server of Object.values(servers)) server.received.length = 0;
  behave('shop', (_, response) => sendJson(response, 200, { sku: 'a/b', count: 1 }));
  behave('store', (_, response) => sendJson(response, 200, { count: 7 }));
});
afterAll(async () => {
  await world.close();
  await Promise.all(Object.values(servers).map((server) => server.close()));
});

const behave = (name: string, behaviour: Behaviour): void => servers[name]?.behave(behaviour);
const received = (name: string) => servers[name]?.received ?? [];
const call = (path: string, more: RequestInit = {}): Promise<Response> =>
  fetch(`${base}${path}`, { ...more, headers: { 'x-api-key': secret, ...(more.headers as object) } });
const post = (path: string, body: string): Promise<Response> =>
  call(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } });

describe('steps', () => {
  it('use what those before them answered, each with its upstream’s own credential', async () => {
    const answer = await call('/both/7', { headers: { 'accept-language': 'de & en', 'x-other': 'o', cookie: 'c=d' } });
    expect(await answer.json()).toEqual({ order: { sku: 'a/b', count: 1 }, stock: { count: 7 } });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect([received('shop')[0]?.url, received('store')[0]?.url]).toEqual([
      '/v1/orders/7',
      '/stock/a%2Fb?lang=de%20%26%20en',
    ]);
    const [asked] = received('store');
    expect(asked?.headers).toMatchObject({ authorization: 'Bearer store-secret', 'accept-encoding': 'identity' });
    for (const name of ['x-other', 'cookie', 'x-api-key']) expect(asked?.headers[name], name).toBeUndefined();
    const event = await world.event(answer.headers.get('x-request-id'));
    expect(event).toMatchObject({ status: 200, attempts: 2, code: null });
  });

  it('run at the same time where they may', async () => {
    let waiting = 0;
    const both: Behaviour = async (_, response) => {
      waiting++;
      await waitFor('both steps under way', () => waiting === 2);
      sendJson(response, 200, {});
    };
    behave('shop', both);
    behave('store', both);
    expect(await (await call('/side/1')).json()).toBe(400);
  });

  it('send bodies and headers of their own, and the reply has status and headers', async () => {
    behave('shop', ({ body }, response) => sendJson(response, 200, { id: 9, got: JSON.parse(String(body)) as object }));
    const answer = await post('/made/1', '{"name":"x"}');
    expect([answer.status, answer.headers.get('location')]).toEqual([201, '/things/9']);
    expect(answer.headers.get('x-text')).toBe('a%0Ab');
    expect(await answer.json()).toMatchObject({ status: 200, body: { id: 9, got: { name: 'x', who: 'till' } } });
    expect(received('shop')[0]?.headers).toMatchObject({ 'x-who': 'till', accept: 'text/plain' });
    expect((await post('/made/1', '{"name":')).status).toBe(400);
  });

  it('are left out where their condition does not hold', async () => {
    expect(await (await call('/when/1')).json()).toEqual({ skipped: true, stock: null });
    expect(received('store')).toHaveLength(0);
    behave('shop', (_, response) => sendJson(response, 200, { sku: 's', count: 2 }));
    expect(await (await call('/when/1')).json()).toEqual({ skipped: false, stock: { count: 7 } });
  });

  it('may take other statuses for an answer, and other types for a reply', async () => {
    behave('shop', (_, response) => sendJson(response, 404, { none: true }));
    const lost = await call('/lax/1');
    expect([lost.status, await lost.json()]).toEqual([404, { found: false }]);
    behave('shop', (_, response) => sendJson(response, 200, { sku: 's' }));
    const page = await call('/page/1');
    expect([page.headers.get('content-type'), await page.text()]).toEqual(['text/html', '<b>s</b>']);
    const head = await call('/page/1', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '8']);
  });

  it('never leave their place in the path, whatever was answered before', async () => {
    for (const sku of ['..', '.', '', null, { a: 1 }]) {
      behave('shop', (_, response) => sendJson(response, 200, { sku }));
      expect((await call('/both/1')).status, JSON.stringify(sku)).toBe(502);
    }
    expect(received('store')).toHaveLength(0);
    behave('shop', (_, response) => sendJson(response, 200, { sku: '../../admin?x=#\r\nx: y' }));
    await call('/both/1');
    expect(received('store')[0]?.url).toBe('/stock/..%2F..%2Fadmin%3Fx%3D%23%0D%0Ax%3A%20y?lang=*');
  });

  it('take answers for data, whatever their names', async () => {
    const hostile = '{"__proto__":{"sku":"x"},"constructor":1,"_jsonata_lambda":true,"sku":"s"}';
    behave('shop', (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(hostile);
    });
    expect((await call('/both/1')).status).toBe(200);
    expect(received('store')[0]?.url).toMatch(/^\/stock\/s\?/);
  });
});

describe('failures', () => {
  it('of a step it cannot do without end the call, and name the step', async () => {
    behave('store', (_, response) => sendJson(response, 500, {}));
    const answer = await call('/both/1');
    expect(await answer.json()).toMatchObject({
      status: 502,
      code: 'step_failed',
      errors: [{ pointer: '/steps/stock', message: 'It answered 500.' }],
    });
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({ status: 502, attempts: 2 });
  });

  it('of others give their fallback, and are named', async () => {
    behave('store', (_, response) => sendJson(response, 500, {}));
    const answer = await call('/soft/1');
    expect(await answer.json()).toMatchObject({ stock: { count: 0 } });
    expect([answer.headers.get('x-parley-partial'), answer.headers.get('cache-control')]).toEqual([
      'stock',
      'no-store',
    ]);
    behave('store', (_, response) => sendJson(response, 200, {}));
    expect((await call('/soft/1')).headers.get('x-parley-partial')).toBeNull();
  });

  const answers =
    (headers: Record<string, string>, body: string | Buffer): Behaviour =>
    (_, response) => {
      response.writeHead(200, headers);
      response.end(body);
    };
  const json = { 'content-type': 'application/json' };
  it.each<[string, string, Behaviour]>([
    ['quick', 'It did not answer in time.', () => {}],
    ['dead', 'It could not be called.', () => {}],
    ['small', 'Its answer is too large.', answers(json, JSON.stringify('x'.repeat(3000)))],
    [
      'small',
      'Its answer is too large.',
      answers({ ...json, 'content-encoding': 'gzip' }, gzipSync(JSON.stringify('x'.repeat(200_000)))),
    ],
    ['small', 'Its answer is no JSON, though it says so.', answers(json, '1},"x":{')],
    [
      'small',
      'It answered 302.',
      (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1/' }).end(),
    ],
  ])('at %s: %s', async (name, message, behaviour) => {
    behave('shop', behaviour);
    expect(await (await call(`/${name}/1`)).json()).toMatchObject({ code: 'step_failed', errors: [{ message }] });
  });

  it.each([
    ['/loop/1', 'answer_unreadable'],
    ['/odd/1', 'answer_unreadable'],
    ['/cookie/1', 'answer_unreadable'],
    ['/lost/1', 'provider_unconfigured'],
  ])('of the expression or the configuration at %s', async (path, code) => {
    expect(await (await call(path)).json()).toMatchObject({ code });
  });

  it('are repeated where that is safe, and never where it is not', async () => {
    const seen: string[] = [];
    behave('shop', ({ method }, response) => {
      seen.push(method);
      sendJson(response, seen.filter((one) => one === method).length < 3 ? 503 : 200, {});
    });
    const answer = await call('/retried/1');
    expect([answer.status, answer.headers.get('x-parley-partial')]).toEqual([200, 'pay']);
    expect([seen.filter((one) => one === 'GET').length, seen.filter((one) => one === 'POST').length]).toEqual([3, 1]);
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({ attempts: 4 });
  });

  it('end with the caller: all steps are let go', async () => {
    behave('shop', () => {});
    behave('store', () => {});
    const gone = new AbortController();
    const running = call('/side/1', { signal: gone.signal }).catch(() => null);
    await waitFor('both steps under way', () => received('shop').length + received('store').length === 2);
    gone.abort();
    await running;
    await waitFor('both let go', () => received('shop')[0]?.aborted === true && received('store')[0]?.aborted === true);
    const event = await waitFor('the record', () =>
      world.events().find(({ path, status }) => path.endsWith('/side/1') && status === 499),
    );
    expect(event).toMatchObject({ attempts: 2, abortedBy: 'client' });
  });
});
