import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { planPricingSchema } from '@parley/contracts/plan-pricing';
import { redisKeys } from '@parley/contracts/redis-keys';
import type { ApplicationSnapshot, CreditSnapshot } from '@parley/contracts/snapshot';
import type { UsageEvent } from '@parley/contracts/usage-event';
import { callPricing, chargeOfCall } from '@parley/domain/rating/call-charge';
import { outcomeOf } from '@parley/domain/rating/outcome';
import { quantitiesOf } from '@parley/domain/rating/quantities';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DIALECTS } from './dialects.ts';
import {
  api,
  apiKey,
  application,
  model,
  PRICE,
  provider,
  publisher,
  restApi,
  subscription,
  upstream,
} from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { type RedisServer, startRedis } from './redis-server.ts';
import {
  chunk,
  completion,
  sendJson,
  sendStream,
  startUpstream,
  streamEvents,
  type UpstreamServer,
} from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** Calls on plans that are paid from credit, over two gateways: no call is let in that credit may not pay for, and what a call is charged counts once. */
let server: RedisServer | null;
let worlds: [World, World];
let backend: UpstreamServer;
const usual = (response: ServerResponse): void => sendJson(response, 200, completion());
let answer: (response: ServerResponse) => unknown = usual;

beforeAll(async () => {
  server = await startRedis();
  // Callers, upstream and both gateways share one event loop here: that it is late is no sign of load.
  const calm = { load: { delayMs: [60_000, 60_000] as const } };
  const more = server === null ? calm : { ...calm, redisUrl: server.url };
  worlds = await Promise.all([openWorld(more), openWorld(more)]);
  backend = await startUpstream(async (_, response) => void (await answer(response)));
});
beforeEach(() => {
  answer = usual;
});
afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()));
  await backend.close();
  await server?.close();
});

const NANO = 1000;
/** Five millionths a call, two a token of answer, and the models' cost with a half on top: all in whole nano-units. */
const PRICING = planPricingSchema.parse({
  collection: 'prepaid',
  rules: [
    { id: 'calls', name: 'Calls', meter: 'requests', charge: { kind: 'perUnit', nanoPerMillion: '5000000000' } },
    { id: 'output', name: 'Output', meter: 'outputTokens', charge: { kind: 'perUnit', nanoPerMillion: '2000000000' } },
    { id: 'models', name: 'Models', meter: 'cost', charge: { kind: 'markup', ppm: 1_500_000 } },
  ],
});
const PRICED = { ...PRICE, perRequest: '0', inputPerMillion: '2000000000', outputPerMillion: '4000000000' };
/** `completion()` costs 80: 5 + 10 × 2 + 120. With 100 tokens of answer allowed, 418 at most: 5 + 200 + 627. */
const [CHARGE, MOST] = [145, 832];

const CACHED = { ttlSeconds: 60 };

const limit = (millionths: number, untilMs: number | null = null) => ({
  limitNano: String(millionths * NANO),
  untilMs,
});

type Pricing = CreditSnapshot['prices'][number]['pricing'];

async function setUp(
  limits: CreditSnapshot['limits'],
  more: { pricing?: Pricing; prepaid?: boolean; cached?: boolean } = {},
) {
  const redis = server?.redis ?? worlds[0].redis;
  const pub = publisher(`prepaid-${newId().slice(-8)}`);
  const { id } = provider(pub, backend.url, {
    timeouts: { connectMs: 5000, headersMs: 60_000, totalMs: 60_000 },
  });
  model(pub, id, 'fast', { prices: [{ id: newId(), ...PRICED, reasoningPerMillion: PRICED.outputPerMillion }] });
  const chat = api(pub, 'llm', { kind: 'llm', models: ['fast'] });
  const rest = restApi(pub, 'rest', upstream(pub, backend.url).id);
  for (const one of [chat, rest]) if (more.prepaid !== false) one.prepaid = true;
  if (more.cached) for (const version of chat.versions) version.policies = { modelCache: CACHED };
  const key = apiKey();
  const credit: CreditSnapshot = { currency: 'USD', limits, prices: [{ fromMs: 0, pricing: more.pricing ?? PRICING }] };
  const subscriptions = [chat, rest].map((one) => ({ ...subscription(pub, one), credit }));
  const doc = application(subscriptions, [key.entry]);
  await publishTenant(redis, pub.doc);
  await publishApplication(redis, doc);
  const counter = redisKeys.creditCounter(pub.doc.tenantId, doc.tenantId);
  let turn = 0;
  const call = (path: string, body: object = {}, init: RequestInit = {}): Promise<Response> =>
    fetch(`${worlds[turn++ % 2]?.url}/${pub.doc.slug}/${path}`, {
      method: 'POST',
      ...init,
      headers: { 'x-api-key': key.secret, 'content-type': 'application/json', ...(init.headers as object) },
      ...(init.method === 'GET' ? {} : { body: JSON.stringify(body) }),
    });
  return {
    redis,
    pub,
    doc,
    counter,
    call,
    chatOf: (body: object = {}, init?: RequestInit) =>
      call(
        'llm/v1/chat/completions',
        { model: 'fast', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 100, ...body },
        init,
      ),
    async grant(more: CreditSnapshot['limits']): Promise<void> {
      const next: ApplicationSnapshot = {
        ...doc,
        version: ++doc.version,
        subscriptions: doc.subscriptions.map((one) => ({ ...one, credit: { ...credit, limits: more } })),
      };
      await publishApplication(redis, next);
    },
    used: async () => Number((await redis.hget(counter, 'u')) ?? 0) / NANO,
    nothingHeld: () => expect.poll(() => redis.hlen(`${counter}:held`), { timeout: 15_000 }).toBe(0),
  };
}

/** What a call's record says it is charged, as the ledger will have it: millionths. */
function chargedBy(event: UsageEvent, pricing = PRICING): number {
  return Number(chargeOfCall(callPricing(pricing), event.model ?? '', event, quantitiesOf(event))) / NANO;
}

const recorded = (id: string | null): Promise<UsageEvent> =>
  waitFor(`the record of ${id}`, () => worlds.flatMap((world) => world.events()).find((event) => event.id === id), {
    timeoutMs: 15_000,
  });

interface Refused {
  readonly code: string;
  readonly message: string;
  readonly remaining: number;
  readonly in_flight: number;
  readonly requested: number;
}
const refusedOf = async (response: Response): Promise<Refused> => ((await response.json()) as { error: Refused }).error;

describe('credit', () => {
  it('is never overdrawn by calls at once over two gateways, and turns nobody away while there is room', async () => {
    const CREDIT = 60 * CHARGE + MOST - CHARGE;
    const { chatOf, used, nothingHeld } = await setUp([limit(CREDIT)]);
    let over = false;
    const watch = setInterval(() => void used().then((now) => (over ||= now > CREDIT)), 5);
    const wrongly: Refused[] = [];
    let good = 0;
    const ids: (string | null)[] = [];
    const caller = async (): Promise<void> => {
      for (;;) {
        const response = await chatOf();
        if (response.status === 200) {
          good += 1;
          ids.push(response.headers.get('x-request-id'));
          return void (await response.text());
        }
        const refused = await refusedOf(response);
        expect(refused.code).toBe('billing_credit_spent');
        if (refused.remaining >= refused.requested || refused.requested !== MOST) wrongly.push(refused);
        if (refused.in_flight === 0) return;
        // Others' ends may make room.
        await delay(200 + Math.random() * 400);
      }
    };
    await Promise.all(Array.from({ length: 200 }, caller));
    clearInterval(watch);
    await nothingHeld();
    expect([good, over, wrongly]).toEqual([60, false, []]);
    expect(await used()).toBe(60 * CHARGE);
    const events = await Promise.all(ids.map(recorded));
    expect(events.reduce((sum, event) => sum + chargedBy(event), 0)).toBe(60 * CHARGE);
  }, 60_000);

  it('opens calls as soon as there is more of it', async () => {
    const { chatOf, grant, used } = await setUp([limit(MOST - 1)]);
    const refused = await chatOf();
    expect(refused.status, await refused.clone().text()).toBe(402);
    expect(refused.headers.get('ratelimit-policy')).toBeNull();
    expect(await refusedOf(refused)).toMatchObject({
      code: 'billing_credit_spent',
      limit_source: 'billing',
      limit_name: 'credit',
      limit_unit: 'millionths',
      limit_currency: 'USD',
      limit: MOST - 1,
      remaining: MOST - 1,
      in_flight: 0,
      requested: MOST,
      resets_at: null,
      message: expect.stringMatching(
        /^The credit that this plan is paid from is 0\.000831 USD in all\. Of that 0 USD used, 0\.000831 USD left; this call may take 0\.000832 USD/,
      ),
    });
    expect((await recorded(refused.headers.get('x-request-id'))).limit).toMatchObject({
      source: 'credit',
      wanted: MOST * NANO,
    });
    // Less of an answer is less.
    expect((await chatOf({ max_tokens: 50 })).status).toBe(200);
    await grant([limit(MOST + CHARGE)]);
    await expect.poll(async () => (await chatOf()).status, { timeout: 15_000 }).toBe(200);
    await expect.poll(used, { timeout: 15_000 }).toBe(2 * CHARGE);
  });

  it('ends at its moment, whether or not gateways hear of it again', async () => {
    const { chatOf, grant } = await setUp([limit(10_000, Date.now() + 3_600_000), limit(0)]);
    expect((await chatOf()).status).toBe(200);
    await grant([limit(10_000, Date.now() - 1), limit(CHARGE)]);
    await expect.poll(async () => (await chatOf()).status, { timeout: 15_000 }).toBe(402);
  });

  it('is held for a REST call, for listing models and for counting tokens too, where calls cost something', async () => {
    const { call, used, nothingHeld } = await setUp([limit(15)]);
    expect((await call('rest/v1/x')).status).toBe(200);
    expect((await call('llm/v1/models', {}, { method: 'GET' })).status).toBe(200);
    const count = { model: 'fast', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 5 };
    expect((await call('llm/v1/messages/count_tokens', count)).status).toBe(200);
    await nothingHeld();
    expect(await used()).toBe(15);
    const refused = await call('rest/v1/x');
    expect(refused.status).toBe(402);
    expect(await refused.json()).toMatchObject({ code: 'billing_credit_spent', limit_source: 'billing', requested: 5 });
  });

  it.each(['chat', 'responses', 'messages', 'gemini'])('is told of in the dialect of %s', async (name) => {
    const { call } = await setUp([limit(3)]);
    const { path, body } = DIALECTS[name]?.request('fast', 'Hi', false) ?? { path: '', body: {} };
    const refused = await call(`llm${name === 'gemini' ? '/v1' : ''}${path}`, body);
    expect(refused.status).toBe(402);
    const text = JSON.stringify(await refused.json());
    for (const part of ['billing_credit_spent', '"limit_source":"billing"', '"limit_name":"credit"'])
      expect(text).toContain(part);
    expect(text).toMatch(/"remaining":"?3"?/);
  });

  it('costs nothing where the plan charges nothing, though none is left', async () => {
    const free = { ...PRICING, rules: PRICING.rules.map((rule) => ({ ...rule, models: ['other'] })) };
    const { chatOf, call } = await setUp([limit(0)], { pricing: free });
    expect((await chatOf()).status).toBe(200);
    expect((await call('rest/v1/x')).status).toBe(200);
  });

  it('lets nobody in while a part of the configuration is on its way, or by a price of a newer release', async () => {
    const early = await setUp([limit(10_000)], { prepaid: false });
    expect([(await early.chatOf()).status, (await early.call('rest/v1/x')).status]).toEqual([503, 503]);
    const newer = await setUp([limit(10_000)], { pricing: { collection: 'by-the-moon', rules: [] } });
    expect((await newer.chatOf()).status).toBe(503);
  });

  it('pays for no realtime session and no call that is answered later, and says why', async () => {
    const { call, chatOf, used, nothingHeld } = await setUp([limit(100_000)]);
    const later = await chatOf({}, { headers: { prefer: 'respond-async' } });
    expect([later.status, (await refusedOf(later)).message]).toEqual([
      400,
      expect.stringMatching(/paid from credit.*ask for the answer at once/),
    ]);
    const background = await call('llm/v1/responses', { model: 'fast', input: 'Hi', background: true });
    expect([background.status, (await refusedOf(background)).message]).toEqual([
      400,
      expect.stringMatching(/paid from credit/),
    ]);
    const secret = await call('llm/v1/realtime/client_secrets', { session: { type: 'realtime', model: 'fast' } });
    expect([secret.status, (await refusedOf(secret)).message]).toEqual([
      400,
      expect.stringMatching(/paid from credit.*realtime/),
    ]);
    await nothingHeld();
    expect(await used()).toBe(0);
  });
});

describe('what a call is charged', () => {
  const Outcomes: readonly (readonly [string, (response: ServerResponse) => unknown, object, number])[] = [
    ['ok', usual, {}, CHARGE],
    ['ok', (response) => sendStream(response, streamEvents(['Hello', ' there'])), { stream: true }, CHARGE],
    ['serverError', (response) => sendJson(response, 500, { error: { message: 'no' } }), {}, 0],
    ['clientError', (response) => sendJson(response, 400, { error: { message: 'no' } }), {}, 0],
    [
      'upstreamCut',
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`data: ${JSON.stringify(chunk({ content: 'Hel' }))}\n\n`);
        setImmediate(() => response.destroy());
      },
      { stream: true },
      0,
    ],
  ];

  it.each(Outcomes)('%s: counts once it is known, to the nano-unit', async (outcome, behave, body, charge) => {
    const { chatOf, used, nothingHeld } = await setUp([limit(10_000)]);
    answer = behave;
    const response = await chatOf(body);
    await response.text().catch(() => '');
    const event = await recorded(response.headers.get('x-request-id'));
    await nothingHeld();
    expect([outcomeOf(event), chargedBy(event), await used()]).toEqual([outcome, charge, charge]);
  });

  it('cached: as the plan has it', async () => {
    const { call, used, nothingHeld } = await setUp([limit(10_000)], { cached: true });
    const body = { model: 'fast', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 100 };
    await (await call('llm/v1/chat/completions', body)).text();
    const again = await call('llm/v1/chat/completions', body);
    const event = await recorded(again.headers.get('x-request-id'));
    await nothingHeld();
    expect(outcomeOf(event)).toBe('cached');
    expect(await used()).toBe(CHARGE + chargedBy(event));
    expect(chargedBy(event)).toBeGreaterThan(0);
  });

  it('callerAborted: what was said until then', async () => {
    const { chatOf, used, nothingHeld } = await setUp([limit(10_000)]);
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(chunk({ content: 'Hello there' }))}\n\n`);
    };
    const leaving = new AbortController();
    const response = await chatOf({ stream: true }, { signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    const event = await recorded(response.headers.get('x-request-id'));
    await nothingHeld();
    expect(outcomeOf(event)).toBe('callerAborted');
    expect(await used()).toBe(chargedBy(event));
    expect(chargedBy(event)).toBeGreaterThan(5);
  });

  it('is by the price of its quarter of an hour, also where that is set to come or was not from credit', async () => {
    const { call, doc, redis, used, nothingHeld } = await setUp([limit(1000)]);
    const dear = planPricingSchema.parse({
      collection: 'prepaid',
      rules: [
        { id: 'calls', name: 'Calls', meter: 'requests', charge: { kind: 'perUnit', nanoPerMillion: '70000000000' } },
      ],
    });
    const hour = 3_600_000;
    const from = (agoMs: number, pricing: Pricing) => ({ fromMs: Date.now() - agoMs, pricing });
    const publish = async (prices: CreditSnapshot['prices']): Promise<void> => {
      doc.version += 1;
      for (const one of doc.subscriptions) if (one.credit) one.credit = { ...one.credit, prices };
      await publishApplication(redis, doc);
    };
    await publish([from(2 * hour, PRICING), from(hour, dear), from(-hour, PRICING)]);
    const usedAfter = async (): Promise<number> => {
      expect((await call('rest/v1/x')).status).toBe(200);
      await nothingHeld();
      return used();
    };
    await expect
      .poll(
        async () => {
          const before = await used();
          return (await usedAfter()) - before;
        },
        { timeout: 15_000 },
      )
      .toBe(70);
    await publish([from(2 * hour, PRICING), from(hour, null), from(-hour, PRICING)]);
    await expect
      .poll(
        async () => {
          const before = await used();
          return (await usedAfter()) - before;
        },
        { timeout: 15_000 },
      )
      .toBe(0);
  });
});

it('begins at what is restored where Redis has lost it, and nobody is let in before', async ({ skip }) => {
  if (server === null) return skip('Redis runs elsewhere');
  const { chatOf, redis, counter, used, nothingHeld } = await setUp([limit(2 * CHARGE + MOST)]);
  expect((await chatOf()).status).toBe(200);
  const waiting: ServerResponse[] = [];
  answer = (response) => waiting.push(response);
  const running = chatOf();
  await waitFor('a call to run', () => waiting.length === 1);
  await redis.flushall();
  // The node that runs it hears of that as well, and says again what it holds.
  for (let node = 0; node < worlds.length; node++) {
    expect(await refusedOf(await chatOf())).toMatchObject({
      code: 'limiter_unavailable',
      message: expect.stringMatching(/being restored/),
    });
  }
  await waitFor('the hold to be back', async () => (await redis.hlen(`${counter}:held`)) === 1, { timeoutMs: 15_000 });
  // The worker's part: what is booked, and what is held.
  await redis.hset(counter, 'i', 0, 'u', (CHARGE + MOST) * NANO, 'c', Date.now(), 'r', CHARGE * NANO, 'x', 0);
  await redis.set(redisKeys.limitEpoch, JSON.stringify({ id: newId(), cutoffMs: Date.now() }));
  expect(await refusedOf(await chatOf())).toMatchObject({
    code: 'billing_credit_spent',
    remaining: CHARGE,
    in_flight: MOST,
  });
  for (const response of waiting.splice(0)) usual(response);
  expect((await running).status).toBe(200);
  await nothingHeld();
  expect(await used()).toBe(2 * CHARGE);
  answer = usual;
  expect((await chatOf()).status).toBe(200);
});
