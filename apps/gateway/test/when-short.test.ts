import type { ServerResponse } from 'node:http';
import type { BudgetSnapshot } from '@parley/contracts/budget';
import type { ExplainReply } from '@parley/contracts/explain';
import { EXPLAIN_PATH, INTERNAL_HEADER } from '@parley/contracts/explain';
import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { signInternalCall } from '@parley/kernel/internal-call';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DIALECTS } from './dialects.ts';
import { api, apiKey, application, model, PRICE, PROMPT, provider, publisher, subscription } from './documents.ts';
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

/** Calls that do not fit into what is left, over two gateways: made smaller where the policy says so, and never let in beyond it. */
const SECRET = 'i'.repeat(32);
let worlds: [World, World];
let backend: UpstreamServer;
/** What the provider was asked, as it came. */
let asked: Record<string, unknown>[] = [];
let answer = (response: ServerResponse, _body: Record<string, unknown>): void => sendJson(response, 200, completion());

beforeAll(async () => {
  worlds = await Promise.all([openWorld({ internalSecret: SECRET }), openWorld()]);
  backend = await startUpstream((received, response) => {
    const body = JSON.parse(received.body.toString() || '{}') as Record<string, unknown>;
    asked.push(body);
    answer(response, body);
  });
});
afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()));
  await backend.close();
});
beforeEach(() => {
  asked = [];
  answer = (response) => sendJson(response, 200, completion());
});

type Limits = NonNullable<PoliciesInput['limits']>;

interface Told {
  readonly error: { readonly remaining: number; readonly in_flight: number };
}

/** Nano-units a million tokens, in and out. */
const priced = (input: string, output: string) => ({
  ...PRICE,
  currency: 'EUR',
  perRequest: '0',
  inputPerMillion: input,
  outputPerMillion: output,
  cachedInputPerMillion: '0',
  cacheWritePerMillion: '0',
  cacheWrite1hPerMillion: '0',
  reasoningPerMillion: output,
});
/** Two units a token in and four out; a tenth of that; nothing. */
const DEAR = priced('2000000000', '4000000000');
const SMALL = priced('200000000', '400000000');
const FREE = priced('0', '0');

async function setUp(limits: Limits, budget?: Partial<BudgetSnapshot>) {
  const pub = publisher(`short-${newId().slice(-8)}`);
  const { id } = provider(pub, backend.url);
  for (const [name, price] of Object.entries({ dear: DEAR, small: SMALL, free: FREE })) {
    model(pub, id, name, { prices: [{ id: newId(), ...price }] });
  }
  const chat = api(pub, 'llm', { kind: 'llm', models: ['dear', 'small', 'free'] });
  const definition = { ...PROMPT, model: 'dear', settings: { maxOutputTokens: 4000 } };
  const prompt = api(pub, 'greet', { kind: 'prompt', promptVersionId: newId(), definition });
  for (const version of prompt.versions) version.policies = { limits };
  const targets = (...names: string[]) => names.map((name) => ({ model: name }));
  for (const version of chat.versions) {
    version.policies = {
      limits,
      modelRouting: {
        aliases: [
          { name: 'best', strategy: 'ordered', targets: targets('dear', 'small') },
          { name: 'any', strategy: 'ordered', targets: targets('dear', 'free') },
          { name: 'thrifty', strategy: 'ordered', targets: targets('small', 'dear') },
        ],
      },
    };
  }
  if (budget !== undefined) {
    const usual = { name: 'Pilot', scope: 'tenant', subject: '', period: 'month', currency: 'EUR' } as const;
    pub.doc.budgets = [{ id: newId(), ...usual, amountNano: '1000000', ...budget }];
  }
  const key = apiKey();
  const app = application(
    [chat, prompt].map((one) => subscription(pub, one)),
    [key.entry],
  );
  await publishTenant(worlds[0].redis, pub.doc);
  await publishApplication(worlds[0].redis, app);
  let turn = 0;
  const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${worlds[turn++ % 2]?.url}/${pub.doc.slug}${path}`, {
      method: 'POST',
      headers: { 'x-api-key': key.secret, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const chatBody = { model: 'dear', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 100 };
  /** Waits until nothing is held any more: nodes tell of calls that have ended a moment later. A call too long for any limit here tells. */
  const settled = async (): Promise<void> => {
    const messages = [{ role: 'user', content: 'word '.repeat(6000) }];
    await expect
      .poll(async () => {
        const { error } = (await (await post('/llm/v1/chat/completions', { ...chatBody, messages })).json()) as Told;
        return error.in_flight;
      })
      .toBe(0);
  };
  return {
    post,
    settled,
    call: (more: object = {}, headers?: Record<string, string>) =>
      post('/llm/v1/chat/completions', { ...chatBody, ...more }, headers),
    async explain(more: object): Promise<ExplainReply> {
      const path = `/${pub.doc.slug}/llm/v1/chat/completions`;
      const headers = [{ name: 'content-type', value: 'application/json' }];
      const dry = { method: 'POST', path, headers, address: '192.0.2.7', applicationId: app.applicationId };
      const body = JSON.stringify({ ...dry, body: JSON.stringify({ ...chatBody, ...more }) });
      const signed = { [INTERNAL_HEADER]: signInternalCall(SECRET, EXPLAIN_PATH, body, Date.now()) };
      const response = await fetch(worlds[0].url + EXPLAIN_PATH, { method: 'POST', headers: signed, body });
      return (await response.json()) as ExplainReply;
    },
    event: (response: Response) => {
      const id = response.headers.get('x-request-id');
      return waitFor('the event', () => worlds.flatMap((world) => world.events()).find((one) => one.id === id));
    },
  };
}

const TOKENS = { algorithm: 'quota', every: 'day', what: 'tokens', name: 'daily' } as const;
const COST = { algorithm: 'quota', every: 'day', what: 'cost', currency: 'EUR', name: 'daily' } as const;
const LOWER = { whenShort: 'lowerOutput', leastOutputTokens: 16 } as const;

describe('lowerOutput', () => {
  it('leaves calls alone that fit, lowers those that do not to what is left, says so, and records it', async () => {
    // Nine tokens in: 109 of 150.
    const { call, event, settled } = await setUp({ ...LOWER, rules: [{ ...TOKENS, amount: 150 }] });
    const whole = await call();
    expect(whole.headers.get('x-parley-output-lowered')).toBeNull();
    await settled();
    // 30 were taken: 120 are left for 9 in and 111 out.
    const lowered = await call({ max_tokens: 5000 });
    expect([lowered.status, lowered.headers.get('x-parley-output-lowered')]).toEqual([200, '111']);
    expect(asked.map((body) => body.max_tokens)).toEqual([100, 111]);
    expect((await event(lowered)).limit).toMatchObject({
      source: 'policy',
      name: 'daily',
      left: 120,
      wanted: 5009,
      instead: { kind: 'lowerOutput', outputTokens: 111 },
    });
    expect((await event(whole)).limit).toBeUndefined();
    await settled();
    // 90 are left: as they are.
    expect((await call({ max_tokens: 81 })).headers.get('x-parley-output-lowered')).toBeNull();
  });

  it('puts a bound where the client gave none, in each dialect by its own name', async () => {
    const { post, settled } = await setUp({ ...LOWER, rules: [{ ...TOKENS, amount: 1000 }] });
    const lowered: string[] = [];
    for (const name of ['chat', 'responses', 'gemini']) {
      const { path, body } = DIALECTS[name]?.request('dear', 'Hi', false) ?? { path: '', body: {} };
      const response = await post(`/llm${name === 'gemini' ? '/v1' : ''}${path}`, body);
      expect(response.status, name).toBe(200);
      await settled();
      lowered.push(response.headers.get('x-parley-output-lowered') ?? '');
    }
    expect(asked.map((body) => String(body.max_tokens))).toEqual(lowered);
    expect(lowered.every((tokens) => Number(tokens) > 800 && Number(tokens) < 1000)).toBe(true);
    // Anthropic's clients always give one, and as many answers as are asked for share what is left.
    const { path, body } = DIALECTS.messages?.request('dear', 'Hi', false) ?? { path: '', body: {} };
    expect((await post(`/llm${path}`, body)).headers.get('x-parley-output-lowered')).toMatch(/^90\d$/);
    await settled();
    const several = await post('/llm/v1/chat/completions', {
      ...DIALECTS.chat?.request('dear', 'Hi', false).body,
      n: 4,
    });
    expect(several.headers.get('x-parley-output-lowered')).toMatch(/^2\d\d$/);
  });

  it('does so for streams and prompts too', async () => {
    const { post, call, settled } = await setUp({ ...LOWER, rules: [{ ...TOKENS, amount: 200 }] });
    answer = (response, { stream }) =>
      stream ? sendStream(response, streamEvents(['Hello'])) : sendJson(response, 200, completion());
    const streamed = await call({ stream: true, max_tokens: 900 });
    expect([streamed.status, streamed.headers.get('x-parley-output-lowered')]).toEqual([200, '191']);
    expect(await streamed.text()).toContain('[DONE]');
    await settled();
    const prompted = await post('/greet/v1', { name: 'Ada' });
    expect(await prompted.json()).toMatchObject({ model: 'dear', finishReason: 'stop' });
    expect(Number(prompted.headers.get('x-parley-output-lowered'))).toBe(asked.at(-1)?.max_tokens);
    expect(asked.at(-1)?.max_tokens).toBeLessThan(191);
  });

  it('refuses below the least, and what is answered later', async () => {
    const { call, settled } = await setUp({
      whenShort: 'lowerOutput',
      leastOutputTokens: 50,
      rules: [{ ...TOKENS, amount: 100 }],
    });
    expect((await call({}, { prefer: 'respond-async' })).status).toBe(429);
    expect((await call({ max_tokens: 5000 })).headers.get('x-parley-output-lowered')).toBe('91');
    await settled();
    // 70 left: 61.
    expect((await call()).headers.get('x-parley-output-lowered')).toBe('61');
    await settled();
    // 40 left: 31 are too few, also of a call that asks for no more; and a call that asks for less goes as it is.
    const refused = await call();
    expect(await refused.json()).toMatchObject({ error: { remaining: 40, requested: 109 } });
    expect((await call({ max_tokens: 31 })).status).toBe(200);
  });

  it('lowers by what things cost, also for a budget of the publisher alone', async () => {
    // 1000 millionths: 18 for the input, four a token.
    const { call, event } = await setUp({ ...LOWER, rules: [] }, { amountNano: '1000000' });
    const lowered = await call({ max_tokens: 2000 });
    expect(lowered.headers.get('x-parley-output-lowered')).toBe('245');
    expect((await event(lowered)).limit).toMatchObject({ source: 'budget', instead: { outputTokens: 245 } });
    // Requests are not what it is short of.
    const other = await setUp({ ...LOWER, rules: [{ algorithm: 'quota', every: 'day', amount: 1 }] });
    expect([(await other.call()).status, (await other.call()).status]).toEqual([200, 429]);
  });

  it('never lets in more than fits, whoever comes at once', async () => {
    const budget = 4_000;
    const { call, settled } = await setUp({ ...LOWER, rules: [{ ...TOKENS, amount: budget }] });
    let taken = 0;
    // Each answers as long as it was let.
    answer = (response, { max_tokens: most }) => {
      const tokens = Number(most);
      taken += 9 + tokens;
      const usage = { prompt_tokens: 9, completion_tokens: tokens, total_tokens: 9 + tokens };
      setTimeout(() => sendJson(response, 200, completion('x', { usage })), Math.random() * 20);
    };
    const outcomes: Response[] = [];
    await Promise.all(
      Array.from({ length: 25 }, async () => {
        for (let i = 0; i < 4; i++) outcomes.push(await call({ max_tokens: 600 }));
      }),
    );
    expect(outcomes.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
    expect(outcomes.some(({ headers }) => headers.has('x-parley-output-lowered'))).toBe(true);
    expect(taken).toBeLessThanOrEqual(budget);
    // What was left at the end is less than the least call takes, and nothing is held.
    expect(budget - taken).toBeLessThan(25);
    await settled();
    const last = (await (await call()).json()) as Told;
    expect(last.error).toMatchObject({ remaining: budget - taken, in_flight: 0 });
  });
});

describe('cheaperModel', () => {
  it('goes to the next cheaper model that fits, says which, and records it', async () => {
    // The dear one may cost 418 millionths, the small one 41.8.
    const { call, event, settled } = await setUp({ whenShort: 'cheaperModel', rules: [{ ...COST, amount: 450 }] });
    const first = await call({ model: 'best' });
    expect(first.headers.get('x-parley-model')).toBe('dear');
    expect(first.headers.get('x-parley-cheaper-model')).toBeNull();
    await settled();
    // 80 were taken: 370 are left.
    const second = await call({ model: 'best' });
    expect(second.status).toBe(200);
    expect(second.headers.get('x-parley-cheaper-model')).toBe('small');
    expect(second.headers.get('x-parley-model')).toBe('small');
    expect(await event(second)).toMatchObject({
      model: 'small',
      costNano: '8000',
      limit: { name: 'daily', left: 370_000, wanted: 418_000, instead: { kind: 'cheaperModel', model: 'small' } },
    });
    // A model asked by its own name stays that one.
    expect((await call()).status).toBe(402);
  });

  it('goes on with what costs nothing when all is used up, also when that is known', async () => {
    const { call } = await setUp({ whenShort: 'cheaperModel', rules: [{ ...COST, amount: 1 }] });
    for (let i = 0; i < 3; i++) {
      expect((await call({ model: 'best' })).status).toBe(402);
      const other = await call({ model: 'any' });
      expect([other.status, other.headers.get('x-parley-cheaper-model')]).toEqual([200, 'free']);
    }
  });

  it('keeps the order of the routing where its first model fits: only the dearer ones behind it are left out', async () => {
    const { call } = await setUp({ whenShort: 'cheaperModel', rules: [{ ...COST, amount: 100 }] });
    const response = await call({ model: 'thrifty' });
    expect(response.headers.get('x-parley-cheaper-model')).toBe('small');
    expect(response.status).toBe(200);
  });

  it('never lets in more than fits, whoever comes at once', async () => {
    const { call } = await setUp({ whenShort: 'cheaperModel', rules: [{ ...COST, amount: 2000 }] });
    let takenNano = 0;
    answer = (response, { model: name, max_tokens: most }) => {
      const tokens = Number(most);
      takenNano += (9 * 2 + tokens * 4) * (name === 'real-dear' ? 1000 : 100);
      const usage = { prompt_tokens: 9, completion_tokens: tokens, total_tokens: 9 + tokens };
      setTimeout(() => sendJson(response, 200, completion('x', { usage })), Math.random() * 20);
    };
    const models: (string | null)[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let i = 0; i < 3; i++) {
          const { status, headers } = await call({ model: 'best' });
          models.push(status === 200 ? headers.get('x-parley-model') : String(status));
        }
      }),
    );
    expect(new Set(models)).toEqual(new Set(['dear', 'small', '402']));
    expect(takenNano).toBeLessThanOrEqual(2_000_000);
    expect(takenNano).toBeGreaterThan(1_900_000);
  });
});

it('refuses as before where nothing is said', async () => {
  const { call } = await setUp({ rules: [{ ...TOKENS, amount: 150 }] });
  expect((await call({ max_tokens: 5000 })).status).toBe(429);
  expect((await call({ model: 'best', max_tokens: 5000 })).status).toBe(429);
});

it('is told by a dry run: what the call holds, and what becomes of it', async () => {
  const lower = await setUp({ ...LOWER, rules: [{ ...COST, amount: 1 }] });
  const { steps } = await lower.explain({});
  expect(steps.find(({ step }) => step === 'limits')?.notes).toEqual([
    'What it may take at most is held while it runs: “dear” 109 tokens, 0.000418 EUR.',
    'Where that does not fit, the longest answer is lowered until it does, to no less than 16 tokens.',
  ]);
  const cheaper = await setUp({ whenShort: 'cheaperModel', rules: [{ ...COST, amount: 1 }] });
  const told = await cheaper.explain({ model: 'best' });
  expect(told.steps.find(({ step }) => step === 'limits')?.notes).toEqual([
    'What it may take at most is held while it runs: “dear” 109 tokens, 0.000418 EUR; “small” 109 tokens, 0.0000418 EUR.',
    'Where that does not fit, it goes to those of these models that fit by themselves.',
  ]);
  expect(asked).toEqual([]);
});
