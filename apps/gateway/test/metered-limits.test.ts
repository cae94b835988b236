import type { ServerResponse } from 'node:http';
import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, apiKey, application, model, PRICE, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import {
  completion,
  sendJson,
  sendStream,
  startUpstream,
  streamEvents,
  type UpstreamServer,
} from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** Limits on what models use, over two gateways: held at the most when a call begins, counted in truth when it ends. */
let worlds: [World, World];
let backend: UpstreamServer;
/** What the provider does with a call. */
let answer = (response: ServerResponse): void => sendJson(response, 200, completion());

beforeAll(async () => {
  worlds = await Promise.all([openWorld(), openWorld()]);
  backend = await startUpstream((_, response) => answer(response));
});
afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()));
  await backend.close();
});

type Rules = NonNullable<PoliciesInput['limits']>['rules'];

/** Two units a token in and four out: `completion()` says 20 and 10, so a call of it costs 80. */
const PRICED = {
  ...PRICE,
  currency: 'EUR',
  perRequest: '0',
  inputPerMillion: '2000000000',
  outputPerMillion: '4000000000',
};

async function setUp(rules: Rules) {
  const pub = publisher(`metered-${newId().slice(-8)}`);
  const { id } = provider(pub, backend.url);
  model(pub, id, 'fast', { prices: [{ id: newId(), ...PRICED, reasoningPerMillion: PRICED.outputPerMillion }] });
  const chat = api(pub, 'api', { kind: 'llm', models: ['fast'] });
  for (const version of chat.versions) version.policies = { limits: { rules } };
  const key = apiKey();
  await publishTenant(worlds[0].redis, pub.doc);
  await publishApplication(worlds[0].redis, application([subscription(pub, chat)], [key.entry]));
  let turn = 0;
  return (more: Record<string, unknown> = {}, signal?: AbortSignal): Promise<Response> =>
    fetch(`${worlds[turn++ % 2]?.url}/${pub.doc.slug}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-api-key': key.secret, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 100, ...more }),
      ...(signal ? { signal } : {}),
    });
}

const QUOTA = { algorithm: 'quota', every: 'day' } as const;
const left = (response: Response): string => response.headers.get('ratelimit') ?? '';

it('lets calls in that fit at their most, and counts what they took when they have ended', async () => {
  const call = await setUp([{ ...QUOTA, what: 'tokens', amount: 200 }]);
  const first = await call();
  expect(first.status).toBe(200);
  expect(first.headers.get('ratelimit-policy')).toBe('"tokens-day-application";q=200;qu="tokens"');
  expect(left(first)).toMatch(/^"tokens-day-application";r=\d{2};t=\d+$/);
  // Each takes 30 in the end: the fifth would have 120 before it, and not room for its 109.
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) statuses.push((await call()).status);
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
  const refused = await call();
  expect(await refused.json()).toMatchObject({
    error: {
      code: 'quota_exceeded',
      message: expect.stringMatching(/120 tokens used, 80 tokens left; this call may take 109 tokens/),
    },
  });
  expect((await call({ max_tokens: 70 })).status).toBe(200);
});

it('tells what running calls hold apart from what is used, and lets others in when they end', async () => {
  const call = await setUp([{ ...QUOTA, what: 'cost', currency: 'EUR', amount: 1000 }]);
  const waiting: ServerResponse[] = [];
  answer = (response) => waiting.push(response);
  // Each may cost 418 millionths, and costs 80.
  const running = [call(), call()];
  await waitFor('two calls to run', () => waiting.length === 2);
  const refused = await call();
  expect(refused.status).toBe(402);
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(2);
  expect(await refused.json()).toMatchObject({
    error: {
      code: 'cost_limit_reached',
      message: expect.stringMatching(/0 EUR used and 0\.000836 EUR held by calls that run/),
    },
  });
  for (const response of waiting.splice(0)) sendJson(response, 200, completion());
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200]);
  answer = (response) => sendJson(response, 200, completion());
  expect((await call()).status).toBe(200);
});

it('counts streams by what was said, for clients that leave by what they were told', async () => {
  const call = await setUp([{ ...QUOTA, what: 'tokens', amount: 1000 }]);
  answer = (response) => sendStream(response, streamEvents(['Hello', ' there']));
  const whole = await call({ stream: true });
  await whole.text();
  answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const [opening = '', piece = ''] = streamEvents(['Hello']);
    response.write(`${opening}${piece}`);
  };
  const leaving = new AbortController();
  const cut = await call({ stream: true, max_tokens: 500 }, leaving.signal);
  await cut.body?.getReader().read();
  leaving.abort();
  answer = (response) => sendJson(response, 200, completion());
  // Of what was held for the call that was left, only some tokens count: 900 fit again.
  await expect.poll(async () => (await call({ max_tokens: 900 })).status, { timeout: 10_000 }).toBe(200);
});

it('refuses models priced in another currency, naming both', async () => {
  const call = await setUp([{ ...QUOTA, what: 'cost', amount: 1_000_000 }]);
  const refused = await call();
  expect(await refused.json()).toMatchObject({
    error: {
      code: 'price_missing',
      message: expect.stringContaining('limits costs in USD, and a model behind this name is priced in EUR'),
    },
  });
});

it('counts nothing in a currency that is only on trial, and refuses nothing for it', async () => {
  const call = await setUp([{ ...QUOTA, what: 'cost', currency: 'CHF', amount: 1, shadow: true }]);
  expect([(await call()).status, (await call()).status]).toEqual([200, 200]);
});

it('never lets more in at once than fits, over both gateways', async () => {
  const budget = 3_000;
  const call = await setUp([{ ...QUOTA, what: 'tokens', amount: budget }]);
  let taken = 0;
  answer = (response) => {
    const tokens = 20 + Math.floor(Math.random() * 80);
    taken += 20 + tokens;
    const usage = { prompt_tokens: 20, completion_tokens: tokens, total_tokens: 20 + tokens };
    setTimeout(() => sendJson(response, 200, completion('x', { usage })), Math.random() * 20);
  };
  const outcomes: number[] = [];
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let i = 0; i < 10; i++) outcomes.push((await call()).status);
    }),
  );
  const admitted = outcomes.filter((status) => status === 200).length;
  expect(outcomes.filter((status) => status !== 200 && status !== 429)).toEqual([]);
  expect(taken).toBeLessThanOrEqual(budget);
  // Nothing is held at the end: what is told as left is what was not taken.
  answer = (response) => sendJson(response, 200, completion());
  const last = await call({ max_tokens: 5000 });
  const { error } = (await last.json()) as { error: { message: string } };
  expect(error.message).toContain(
    `${taken.toLocaleString('en')} tokens used, ${(budget - taken).toLocaleString('en')} tokens left`,
  );
  expect(admitted).toBeGreaterThan(20);
});
