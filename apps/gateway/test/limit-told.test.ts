import type { ServerResponse } from 'node:http';
import type { PoliciesInput } from '@parley/contracts/policies';
import { calendarPeriod } from '@parley/domain/calendar-period';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  upstream as upstreamOf,
} from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** What a refusal by a limit tells beside its words: the same members in every dialect, in whatever form it has for them. */
let world: World;
let backend: UpstreamServer;
let answer = (response: ServerResponse): void => sendJson(response, 200, completion());

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_, response) => answer(response));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

type Rules = NonNullable<PoliciesInput['limits']>['rules'];
type Json = Record<string, unknown>;

/** Two units a token in and four out. */
const PRICED = {
  ...PRICE,
  currency: 'EUR',
  perRequest: '0',
  inputPerMillion: '2000000000',
  outputPerMillion: '4000000000',
};

async function setUp(rules: Rules, plan: { requests: number; windowSeconds: number }[] = []) {
  const pub = publisher(`told-${newId().slice(-8)}`);
  const { id } = provider(pub, backend.url);
  model(pub, id, 'fast', { prices: [{ id: newId(), ...PRICED, reasoningPerMillion: PRICED.outputPerMillion }] });
  const chat = api(pub, 'llm', { kind: 'llm', models: ['fast'] }, plan);
  const rest = restApi(pub, 'rest', upstreamOf(pub, backend.url).id, plan);
  for (const { versions } of [chat, rest]) for (const version of versions) version.policies = { limits: { rules } };
  const key = apiKey();
  await publishTenant(world.redis, pub.doc);
  await publishApplication(
    world.redis,
    application(
      [chat, rest].map((one) => subscription(pub, one)),
      [key.entry],
    ),
  );
  return async (path: string, body: object = {}): Promise<Response> =>
    fetch(`${world.url}/${pub.doc.slug}${path}`, {
      method: 'POST',
      headers: { 'x-api-key': key.secret, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
}

const errorOf = async (response: Response): Promise<Json> => ((await response.json()) as { error: Json }).error;

const COST = {
  algorithm: 'quota',
  every: 'month',
  what: 'cost',
  currency: 'EUR',
  amount: 1000,
  name: 'pilot',
} as const;
const CHAT = { model: 'fast', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 100 };

/** End of this month, which a test may see pass. */
const monthEnds = (): string => new Date(calendarPeriod(Date.now(), 'month', 'UTC').endMs).toISOString();

describe('in every dialect', () => {
  let call: (path: string, body?: object) => Promise<Response>;
  let running: Promise<Response>[];
  const waiting: ServerResponse[] = [];

  beforeAll(async () => {
    call = await setUp([COST]);
    answer = (response) => waiting.push(response);
    // Each holds 418 millionths.
    running = [call('/llm/v1/chat/completions', CHAT), call('/llm/v1/chat/completions', CHAT)];
    await waitFor('two calls to run', () => waiting.length === 2);
  });
  afterAll(async () => {
    for (const response of waiting) sendJson(response, 200, completion());
    await Promise.all(running);
    answer = (response) => sendJson(response, 200, completion());
  });

  const told = {
    limit_source: 'application',
    limit_name: 'pilot',
    limit_unit: 'millionths',
    limit_currency: 'EUR',
    limit: 1000,
    remaining: 164,
    in_flight: 836,
  };

  it.each(['chat', 'responses', 'messages'])('%s: members of the error object', async (name) => {
    const { path, body } = DIALECTS[name]?.request('fast', 'Hi', false) ?? { path: '', body: {} };
    const refused = await call(`/llm${path}`, { ...body, ...(name === 'chat' ? { max_tokens: 2000 } : {}) });
    expect(refused.status).toBe(402);
    const error = await errorOf(refused);
    expect(error).toMatchObject({ ...told, resets_at: monthEnds() });
    expect(error.requested).toBeGreaterThan(164);
    expect(error.message).toMatch(/0 EUR used and 0\.000836 EUR held by calls that run, 0\.000164 EUR left/);
    expect(error.message).toMatch(/There is room again at \d{4}-\d\d-01T00:00:00Z\./);
  });

  it('gemini: the metadata of its ErrorInfo, as texts', async () => {
    const { path, body } = DIALECTS.gemini?.request('fast', 'Hi', false) ?? { path: '', body: {} };
    const refused = await call(`/llm/v1${path}`, body);
    expect(refused.status).toBe(402);
    const { details } = (await errorOf(refused)) as { details: { reason?: string; metadata: Json }[] };
    const info = details.find(({ reason }) => reason === 'cost_limit_reached');
    expect(info?.metadata).toMatchObject({
      ...Object.fromEntries(Object.entries(told).map(([key, value]) => [key, String(value)])),
      resets_at: monthEnds(),
    });
  });
});

describe('of a problem document', () => {
  it('the plan, with the moment its window ends', async () => {
    const call = await setUp(
      [{ algorithm: 'quota', every: 'total', amount: 1000 }],
      [{ requests: 2, windowSeconds: 3600 }],
    );
    await call('/rest/v1/x');
    await call('/rest/v1/x');
    const refused = await call('/rest/v1/x');
    const ends = new Date((Math.floor(Date.now() / 3_600_000) + 1) * 3_600_000).toISOString();
    expect(await refused.json()).toMatchObject({
      code: 'rate_limited',
      title: `The plan allows 2 requests per hour, and they are used up until ${ends.slice(0, 19)}Z.`,
      limit_source: 'plan',
      limit_name: 'per-3600s',
      limit_unit: 'requests',
      limit: 2,
      remaining: 0,
      in_flight: 0,
      resets_at: ends,
    });
    // The second refusal is known to this node by now, and says the same.
    expect(await (await call('/rest/v1/x')).json()).toMatchObject({
      limit_source: 'plan',
      remaining: 0,
      resets_at: ends,
    });
  });

  it('what never comes back, what runs, and bytes of which some are left', async () => {
    const forGood = await setUp([{ algorithm: 'quota', every: 'total', amount: 1, scope: 'tenant' }]);
    await forGood('/rest/v1/x');
    expect(await (await forGood('/rest/v1/x')).json()).toMatchObject({
      limit_source: 'tenant',
      limit_name: 'requests-total-tenant',
      remaining: 0,
      resets_at: null,
      title: 'This API allows 1 request in total for each organisation, and they are used up.',
    });

    const bytes = await setUp([
      { algorithm: 'window', periodSeconds: 86_400, amount: 10, what: 'requestBytes', scope: 'key' },
    ]);
    await bytes('/rest/v1/x', [1, 2]);
    expect(await (await bytes('/rest/v1/x', ['12345'])).json()).toMatchObject({
      limit_source: 'key',
      limit_unit: 'bytes',
      limit: 10,
      remaining: 5,
      in_flight: 0,
      requested: 9,
      title: expect.stringMatching(
        /Of that 5 bytes used, 5 bytes left; this call may take 9 bytes\. There is room again at/,
      ),
    });

    const one = await setUp([{ algorithm: 'concurrency', amount: 1, scope: 'api' }]);
    const held: ServerResponse[] = [];
    answer = (response) => held.push(response);
    const first = one('/rest/v1/x');
    await waitFor('a call to run', () => held.length === 1);
    expect(await (await one('/rest/v1/x')).json()).toMatchObject({
      code: 'too_many_running',
      limit_source: 'api',
      limit_unit: 'running',
      limit: 1,
      remaining: 0,
      in_flight: 1,
      resets_at: null,
      title: 'This API allows 1 request at the same time for all callers together, and as many run.',
    });
    for (const response of held) sendJson(response, 200, {});
    await first;
    answer = (response) => sendJson(response, 200, completion());
  });
});
