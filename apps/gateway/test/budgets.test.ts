import type { ServerResponse } from 'node:http';
import type { BudgetSnapshot } from '@parley/contracts/budget';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** Budgets of a publisher over all its APIs and two gateways: held at the most, settled at what calls cost, refused by name. */
let worlds: [World, World];
let backend: UpstreamServer;
let answer = (response: ServerResponse): void => sendJson(response, 200, completion());

beforeAll(async () => {
  worlds = await Promise.all([openWorld(), openWorld()]);
  backend = await startUpstream((_, response) => answer(response));
});
afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()));
  await backend.close();
});

/** Two units a token in and four out: a call of `completion()` costs 80 millionths, and may cost 418 with 100 tokens out. */
const PRICED = { ...PRICE, perRequest: '0', inputPerMillion: '2000000000', outputPerMillion: '4000000000' };
const MILLIONTH = 1000;

function setUp() {
  const pub = publisher(`budget-${newId().slice(-8)}`);
  const { id } = provider(pub, backend.url);
  for (const name of ['fast', 'slow']) {
    model(pub, id, name, { prices: [{ id: newId(), ...PRICED, reasoningPerMillion: PRICED.outputPerMillion }] });
  }
  const first = api(pub, 'first', { kind: 'llm', models: ['fast', 'slow'] });
  const second = api(pub, 'second', { kind: 'llm', models: ['fast'] });
  const rest = restApi(pub, 'rest', upstream(pub, backend.url).id);
  let turn = 0;
  return {
    pub,
    first,
    budget(millionths: number, of: Partial<BudgetSnapshot> = {}): BudgetSnapshot {
      const amountNano = String(millionths * MILLIONTH);
      return {
        id: newId(),
        name: 'Pilot',
        scope: 'tenant',
        subject: '',
        period: 'month',
        currency: 'USD',
        amountNano,
        ...of,
      };
    },
    /** An application, of the publisher's own tenant unless told otherwise; gives what calls with its key. */
    async caller({ own = true, teamId }: { own?: boolean; teamId?: string } = {}) {
      const key = apiKey();
      const doc = application(
        [first, second, rest].map((one) => subscription(pub, one)),
        [key.entry],
      );
      if (own) doc.tenantId = pub.doc.tenantId;
      if (teamId) doc.teamId = teamId;
      await publishApplication(worlds[0].redis, doc);
      const call = (path: string, body: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
        fetch(`${worlds[turn++ % 2]?.url}/${pub.doc.slug}/${path}`, {
          method: 'POST',
          headers: { 'x-api-key': key.secret, 'content-type': 'application/json', ...headers },
          body: JSON.stringify({
            model: 'fast',
            messages: [{ role: 'user', content: 'Hi' }],
            max_tokens: 100,
            ...body,
          }),
        });
      return {
        doc,
        keyId: key.entry.id,
        call,
        chat: (name: string, body?: object, headers?: Record<string, string>) =>
          call(`${name}/v1/chat/completions`, body, headers),
      };
    },
    async publish(...budgets: BudgetSnapshot[]) {
      pub.doc.budgets = budgets;
      pub.doc.version += 1;
      await publishTenant(worlds[0].redis, pub.doc);
    },
  };
}

it('counts the calls to all APIs of a publisher in one budget, refuses by name what may not fit, and leaves REST alone', async () => {
  const lab = setUp();
  const budget = lab.budget(600);
  await lab.publish(budget);
  const { chat, call } = await lab.caller();
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) statuses.push((await chat(i % 2 === 0 ? 'first' : 'second')).status);
  // 80 each: the fourth begins at 240 used, with room for 360, and may take 418.
  expect(statuses).toEqual([200, 200, 200, 402, 402, 402]);
  const refused = await chat('second');
  expect(refused.headers.get('ratelimit-policy')).toBeNull();
  expect(await refused.json()).toMatchObject({
    error: {
      code: 'budget_exhausted',
      limit_source: 'budget',
      limit_name: 'Pilot',
      limit: 600,
      remaining: 360,
      in_flight: 0,
      requested: 418,
      resets_at: expect.stringMatching(/-01T00:00:00\.000Z$/),
      message: expect.stringMatching(
        /^The budget “Pilot” is 0\.0006 USD a month\. Of that 0\.00024 USD used, 0\.00036 USD left; this call may take 0\.000418 USD/,
      ),
    },
  });
  const id = refused.headers.get('x-request-id');
  const event = await waitFor('the event', () =>
    worlds.flatMap((world) => world.events()).find((one) => one.id === id),
  );
  expect(event.limit).toMatchObject({
    source: 'budget',
    name: 'Pilot',
    budgetId: budget.id,
    counts: 'cost',
    currency: 'USD',
    amount: 600_000,
    left: 360_000,
    held: 0,
    wanted: 418_000,
  });
  expect((await chat('first', { max_tokens: 50 })).status).toBe(200);
  expect((await call('rest/v1/x')).status).toBe(200);
  // More is granted: at once, without losing what was counted.
  await lab.publish({ ...budget, amountNano: String(1000 * MILLIONTH) });
  await expect.poll(async () => (await chat('first')).status, { timeout: 5000 }).toBe(200);
});

it('tells callers of other tenants neither name nor amounts', async () => {
  const lab = setUp();
  await lab.publish(lab.budget(1, { name: 'Cap for strangers' }));
  const { chat } = await lab.caller({ own: false });
  const refused = await chat('first');
  const text = await refused.text();
  expect(refused.status).toBe(402);
  expect(text).toContain('budget_exhausted');
  expect(text).not.toContain('strangers');
  expect(text).not.toMatch(/\b0\.0/);
  expect([...refused.headers].join()).not.toContain('strangers');
});

it('holds what running calls may take, and frees it when they end', async () => {
  const lab = setUp();
  await lab.publish(lab.budget(900));
  const { chat } = await lab.caller();
  const waiting: ServerResponse[] = [];
  answer = (response) => waiting.push(response);
  const running = [chat('first'), chat('second')];
  await waitFor('two calls to run', () => waiting.length === 2);
  const refused = await chat('first');
  expect(await refused.json()).toMatchObject({ error: { message: expect.stringMatching(/held by calls that run/) } });
  for (const response of waiting.splice(0)) sendJson(response, 200, completion());
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200]);
  answer = (response) => sendJson(response, 200, completion());
  expect((await chat('first')).status).toBe(200);
});

it('is about what it says: team, application, key, API, model, end user or tag, and about nobody else', async () => {
  const lab = setUp();
  const team = newId();
  const mine = await lab.caller({ teamId: team });
  const other = await lab.caller();
  const cases: readonly [Partial<BudgetSnapshot>, meant: () => Promise<Response>, else_: () => Promise<Response>][] = [
    [{ scope: 'team', subject: team }, () => mine.chat('first'), () => other.chat('first')],
    [{ scope: 'application', subject: mine.doc.applicationId }, () => mine.chat('first'), () => other.chat('first')],
    [{ scope: 'key', subject: mine.keyId }, () => mine.chat('first'), () => other.chat('first')],
    [{ scope: 'api', subject: lab.first.id }, () => mine.chat('first'), () => mine.chat('second')],
    [{ scope: 'model', subject: 'slow' }, () => mine.chat('first', { model: 'slow' }), () => mine.chat('first')],
    [
      { scope: 'endUser', subject: 'u-1' },
      () => mine.chat('first', { user: 'u-1' }),
      () => mine.chat('first', { user: 'u-2' }),
    ],
    [
      { scope: 'tag', subject: 'env=test' },
      () => mine.chat('first', {}, { 'parley-tags': 'env=test' }),
      () => mine.chat('first', {}, { 'parley-tags': 'env=prod' }),
    ],
  ];
  for (const [of, meant, notMeant] of cases) {
    await lab.publish(lab.budget(1, of));
    const told = async () =>
      (await Promise.all([meant(), meant(), notMeant(), notMeant()])).map(({ status }) => status);
    // Both gateways learn of it by themselves.
    await expect.poll(told, { timeout: 5000, message: of.scope ?? '' }).toEqual([402, 402, 200, 200]);
  }
});

it('refuses models without a price, or priced in another currency: what cannot be counted is not let by', async () => {
  const lab = setUp();
  for (const one of lab.pub.doc.models) if (one.slug === 'slow') one.prices = [];
  await lab.publish(lab.budget(1_000_000));
  const { chat } = await lab.caller();
  expect(await (await chat('first', { model: 'slow' })).json()).toMatchObject({ error: { code: 'price_missing' } });
  await lab.publish(lab.budget(1_000_000, { currency: 'EUR' }));
  await expect.poll(async () => (await chat('first')).text(), { timeout: 5000 }).toContain('price_missing');
});
