import { createHmac } from 'node:crypto';
import { acceptedEventSchema, WEBHOOK_SECRET } from '@parley/contracts/deliveries';
import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { webhookKey, webhookSignature } from '@parley/kernel/standard-webhooks';
import { startFaultProxy } from '@parley/testkit/fault-proxy';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, type Publisher, publisher, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { type Behaviour, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, testRedisUrl, type World } from './world.ts';

/** Published by those who made the schemes, except Stripe's, whose libraries sign by the same words of its manual. */
const STANDARD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const GITHUB = "It's a Secret to Everybody";
const SLACK = '8f742231b10e8888abcd99yyyzzz85a5';
const STRIPE = 'whsec_a-stripe-endpoint-secret';
const OLD = 'the-secret-before-the-rotation';
const ENDED = 'a-secret-whose-overlap-has-ended';

let world: World;
let backend: UpstreamServer;
let pub: Publisher;
let key: string;
let base: string;
/** The gateway's clock; the real one while 0. */
const moment = { ms: 0 };
const nowMs = (): number => moment.ms || Date.now();
const at = (): number => Math.floor(nowMs() / 1000);
const fine: Behaviour = (_, response) => sendJson(response, 200, { ok: true });

const POLICIES: Record<string, PoliciesInput> = {
  standard: { inbound: { sender: { scheme: 'standard' }, application: 'hooks', secret: 'standard', maxBodyKb: 2 } },
  github: { inbound: { sender: { scheme: 'github' }, application: 'hooks', secret: 'github' } },
  stripe: { inbound: { sender: { scheme: 'stripe' }, application: 'hooks', secret: 'stripe' } },
  slack: { inbound: { sender: { scheme: 'slack' }, application: 'hooks', secret: 'slack' } },
  own: {
    inbound: {
      sender: {
        scheme: 'hmac',
        signatureHeader: 'x-acme-signature',
        prefix: 'sha512=',
        encoding: 'base64',
        algorithm: 'sha512',
        content: '{id}|{timestamp}|{body}|end',
        timestampHeader: 'x-acme-time',
        idHeader: 'x-acme-id',
      },
      application: 'hooks',
      secret: 'github',
    },
  },
  plain: {
    inbound: { sender: { scheme: 'hmac', signatureHeader: 'x-sign' }, application: 'hooks', secret: 'github' },
    idempotency: { required: true },
  },
  nobody: { inbound: { sender: { scheme: 'github' }, application: 'no-such-application', secret: 'github' } },
  nothing: { inbound: { sender: { scheme: 'github' }, application: 'hooks', secret: 'no-such-secret' } },
  unsubscribed: { inbound: { sender: { scheme: 'github' }, application: 'hooks', secret: 'github' } },
  later: { inbound: { sender: { scheme: 'github' }, application: 'hooks', secret: 'github' }, deliver: {} },
  again: { inbound: { sender: { scheme: 'github' }, application: 'hooks', secret: 'github', dedupeSeconds: 0 } },
};

beforeAll(async () => {
  world = await openWorld({ clock: { nowMs } });
  backend = await startUpstream(fine);
  pub = publisher(`inbound-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url);
  const apis = Object.entries(POLICIES).map(([slug, policies]) => {
    const routes = [{ id: newId(), method: '*' as const, path: '/*', upstreamId: target.id, upstreamPath: null }];
    const made = api(pub, slug, { kind: 'rest', routes });
    for (const version of made.versions) version.policies = policies;
    return made;
  });
  const ofSecret = (name: string, text: string, expiresAtMs: number | null = null) => ({
    id: newId(),
    name,
    sealed: seal(pub.dataKey, text, WEBHOOK_SECRET),
    expiresAtMs,
  });
  const entry = apiKey();
  key = entry.secret;
  const subscriptions = apis.filter(({ slug }) => slug !== 'unsubscribed').map((one) => subscription(pub, one));
  const hooks = {
    ...application(subscriptions, [entry.entry]),
    tenantId: pub.doc.tenantId,
    slug: 'hooks',
    sealedDataKey: pub.doc.sealedDataKey,
    webhookSecrets: [
      ofSecret('standard', STANDARD),
      ofSecret('github', OLD, Date.now() + 3_600_000),
      ofSecret('github', ENDED, Date.now() - 1000),
      ofSecret('github', GITHUB),
      ofSecret('slack', SLACK),
      ofSecret('stripe', STRIPE),
    ],
  };
  base = `${world.url}/${pub.doc.slug}`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, hooks);
});
afterAll(async () => {
  await world.close();
  await backend.close();
});
beforeEach(() => {
  moment.ms = 0;
  backend.received.length = 0;
  backend.behave(fine);
  world.jobs.fail = false;
});

const post = (path: string, body: string, headers: Record<string, string>): Promise<Response> =>
  fetch(`${base}/${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
const hex = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('hex');
const github = (body: string, { id = newId(), secret = GITHUB } = {}): Record<string, string> => ({
  'x-hub-signature-256': `sha256=${hex(secret, body)}`,
  'x-github-delivery': id,
  'x-github-event': 'push',
});
const stripe = (body: string, time = at()): Record<string, string> => ({
  'stripe-signature': `t=${time},v1=${hex('other', 'x')},v1=${hex(STRIPE, `${time}.${body}`)},v0=zz`,
});
const standard = (body: string, { id = newId(), time = at(), prefix = 'webhook' } = {}): Record<string, string> => ({
  [`${prefix}-id`]: id,
  [`${prefix}-timestamp`]: String(time),
  [`${prefix}-signature`]: webhookSignature([webhookKey(STANDARD) ?? Buffer.alloc(0)], {
    id,
    timestamp: time,
    body: Buffer.from(body),
  }),
});

describe('the signature of', () => {
  it('Standard Webhooks is known by the vector of its reference libraries', async () => {
    moment.ms = 1_614_265_330_000;
    const answer = await post('standard/v1/x', '{"test": 2432232314}', {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1a,notours v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
    expect(answer.status).toBe(200);
    expect(backend.received[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  it('Standard Webhooks is known by the headers of Svix too', async () => {
    expect((await post('standard/v1/x', '{}', standard('{}', { prefix: 'svix' }))).status).toBe(200);
  });

  it('GitHub is known by the example of its manual', async () => {
    const answer = await post('github/v1/x', 'Hello, World!', {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      'x-github-delivery': newId(),
      'x-github-event': 'push',
    });
    expect(answer.status).toBe(200);
    expect(String(backend.received[0]?.body)).toBe('Hello, World!');
    expect(backend.received[0]?.headers['x-github-event']).toBe('push');
    expect(backend.received[0]?.headers).not.toHaveProperty('x-hub-signature-256');
  });

  it('Slack is known by the example of its manual', async () => {
    moment.ms = 1_531_420_618_000;
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&' +
      'user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
      '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.' +
      '803a0bc887a14d10d2c447fce8b6703c';
    const answer = await post('slack/v1/x', body, {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    });
    expect(answer.status).toBe(200);
  });

  it('Stripe is known among others in its header', async () => {
    const body = JSON.stringify({ id: `evt_${newId()}` });
    expect((await post('stripe/v1/x', body, stripe(body))).status).toBe(200);
  });

  it('a form of one’s own is known by its content, header, hash and encoding', async () => {
    const [id, time] = [newId(), `0${at()}`];
    const mac = createHmac('sha512', GITHUB).update(`${id}|${time}|{}|end`).digest('base64');
    const headers = { 'x-acme-signature': `sha512=${mac}`, 'x-acme-time': time, 'x-acme-id': id };
    expect((await post('own/v1/x', '{}', headers)).status).toBe(200);
    expect((await post('own/v1/x', '{}', { ...headers, 'x-acme-id': newId() })).status).toBe(401);
  });

  it('the secret before is known until its overlap ends', async () => {
    expect((await post('github/v1/x', '{}', github('{}', { secret: OLD }))).status).toBe(200);
    expect((await post('github/v1/x', '{}', github('{}', { secret: ENDED }))).status).toBe(401);
  });
});

it('counts to the application that the policy names, with its limits and in its usage', async () => {
  const answer = await post('github/v1/x', '{"a":1}', github('{"a":1}'));
  const event = await world.event(answer.headers.get('x-request-id'));
  expect(event).toMatchObject({ status: 200, tenantId: pub.doc.tenantId, consumerTenantId: pub.doc.tenantId });
  expect((await post('unsubscribed/v1/x', '{}', github('{}'))).status).toBe(403);
});

describe('what is refused, all of it in the same words', () => {
  const body = '{"amount":1}';
  const wrong: [string, string, string, () => Record<string, string>][] = [
    ['no signature', 'github', body, () => ({})],
    ['another secret', 'github', body, () => github(body, { secret: 'another-secret-altogether' })],
    ['another body', 'github', '{"amount":100}', () => github(body)],
    ['no delivery id', 'github', body, () => ({ 'x-hub-signature-256': `sha256=${hex(GITHUB, body)}` })],
    ['a signature cut short', 'github', body, () => ({ ...github(body), 'x-hub-signature-256': 'sha256=75' })],
    ['a signature that is none', 'github', body, () => ({ ...github(body), 'x-hub-signature-256': 'sha256=zz' })],
    ['an empty signature', 'github', body, () => ({ ...github(body), 'x-hub-signature-256': 'sha256=' })],
    ['SHA-1 instead', 'github', body, () => ({ 'x-hub-signature': 'sha1=00', 'x-github-delivery': newId() })],
    ['a time too long ago', 'standard', body, () => standard(body, { time: at() - 400 })],
    ['a time to come', 'standard', body, () => standard(body, { time: at() + 400 })],
    ['a time that is none', 'standard', body, () => ({ ...standard(body), 'webhook-timestamp': '1e9' })],
    ['another time', 'standard', body, () => ({ ...standard(body), 'webhook-timestamp': String(at() - 5) })],
    ['another id', 'standard', body, () => ({ ...standard(body), 'webhook-id': 'another' })],
    ['an old time of Stripe', 'stripe', body, () => stripe(body, at() - 3600)],
    [
      'two times of Stripe',
      'stripe',
      body,
      () => ({ 'stripe-signature': `t=${at()},${stripe(body)['stripe-signature']}` }),
    ],
    ['another sender’s headers', 'stripe', body, () => github(body)],
    ['an application that is not there', 'nobody', body, () => github(body)],
    ['a secret that is not there', 'nothing', body, () => github(body)],
  ];
  it.each(wrong)('%s', async (_, path, sent, headers) => {
    const [answer, elsewhere] = [await post(`${path}/v1/x`, sent, headers()), await post('no/such/path', sent, {})];
    const [said, there] = [(await answer.json()) as { requestId: string }, (await elsewhere.json()) as object];
    expect(answer.status).toBe(401);
    expect({ ...said, requestId: '' }).toEqual({ ...there, requestId: '' });
    expect(answer.headers.get('www-authenticate')).toBe(
      'Signature realm="parley", error_description="The signature does not fit"',
    );
    expect(backend.received).toEqual([]);
  });

  it('an API key, good as it is', async () => {
    const answer = await post('github/v1/x', body, { 'x-api-key': key });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'credentials_refused']);
  });

  it('a body larger than the policy takes', async () => {
    const large = 'x'.repeat(3000);
    expect((await post('standard/v1/x', large, standard(large))).status).toBe(413);
  });

  it('headers sent twice', async () => {
    const headers = new Headers(github(body));
    headers.append('x-hub-signature-256', `sha256=${hex(GITHUB, body)}`);
    const answer = await fetch(`${base}/github/v1/x`, { method: 'POST', body, headers });
    expect(answer.status).toBe(401);
  });
});

describe('a repeat', () => {
  it('is answered 200 and not handled again, whatever became of its signature', async () => {
    const id = `evt_${newId()}`;
    const body = JSON.stringify({ id });
    const first = await post('stripe/v1/x', body, stripe(body, at() - 10));
    const again = await post('stripe/v1/x', body, stripe(body));
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(await again.json()).toEqual({ status: 'duplicate' });
    expect(backend.received).toHaveLength(1);
    const event = await world.event(again.headers.get('x-request-id'));
    expect(event).toMatchObject({ cache: 'replayed', attempts: 0 });
  });

  it('byte for byte is known where nobody names the delivery', async () => {
    const body = JSON.stringify({ text: newId() });
    const headers = { 'x-sign': hex(GITHUB, body) };
    expect((await post('plain/v1/x', body, headers)).status).toBe(200);
    expect(await (await post('plain/v1/x', body, headers)).json()).toEqual({ status: 'duplicate' });
    expect(backend.received).toHaveLength(1);
  });

  it('of one that failed is handled anew', async () => {
    const headers = github('{}');
    backend.behave((_, response) => sendJson(response, 503, {}));
    expect((await post('github/v1/x', '{}', headers)).status).toBe(503);
    backend.behave(fine);
    expect((await post('github/v1/x', '{}', headers)).status).toBe(200);
    expect(backend.received).toHaveLength(2);
  });

  it('of one that runs is sent away to come again', async () => {
    const headers = github('{}');
    let finish = (): void => {};
    backend.behave((_, response) => {
      finish = () => sendJson(response, 200, {});
    });
    const first = post('github/v1/x', '{}', headers);
    await waitFor('the call', () => backend.received.length === 1);
    const again = await post('github/v1/x', '{}', headers);
    expect([again.status, again.headers.get('retry-after')]).toEqual([409, '5']);
    finish();
    expect((await first).status).toBe(200);
  });

  it('of another API or with the policy’s leave is handled', async () => {
    const headers = github('{}');
    for (const path of ['github/v1/x', 'again/v1/x', 'again/v1/x']) {
      expect((await post(path, '{}', headers)).status, path).toBe(200);
    }
    expect(backend.received).toHaveLength(3);
  });

  it('cannot be told while Redis is away: the sender is asked to come again', async () => {
    const real = new URL(testRedisUrl());
    const proxy = await startFaultProxy({ host: real.hostname, port: Number(real.port) });
    real.host = `${proxy.host}:${proxy.port}`;
    const other = await openWorld({ redisUrl: real.href });
    try {
      const send = () =>
        fetch(`${other.url}/${pub.doc.slug}/github/v1/x`, { method: 'POST', body: '{}', headers: github('{}') });
      expect((await send()).status).toBe(200);
      backend.received.length = 0;
      proxy.faults.refuse = true;
      proxy.reset();
      const refused = await waitFor('the connection to break', async () => {
        const answer = await send();
        return answer.status === 503 && answer;
      });
      expect(refused.headers.get('retry-after')).not.toBeNull();
    } finally {
      await other.close();
      await proxy.close();
    }
  });
});

it('goes with deliver: accepted once, as one event however often it is sent', async () => {
  world.jobs.jobs.length = 0;
  const headers = github('{"n":1}');
  const first = await post('later/v1/x', '{"n":1}', headers);
  expect(first.status).toBe(202);
  expect(await (await post('later/v1/x', '{"n":1}', headers)).json()).toEqual({ status: 'duplicate' });
  const other = await post('later/v1/x', '{"n":1}', github('{"n":1}'));
  const events = world.jobs.jobs.flatMap(({ name, payload }) =>
    name === 'event.accept' ? [acceptedEventSchema.parse(payload)] : [],
  );
  expect(events.map(({ id }) => id)).toEqual([
    ((await first.json()) as { id: string }).id,
    ((await other.json()) as { id: string }).id,
  ]);
  expect(JSON.stringify(events.map((event) => event.headers))).not.toContain('x-hub-signature-256');
});
