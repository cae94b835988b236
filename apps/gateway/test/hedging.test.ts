import type { ServerResponse } from 'node:http';
import type { ModelRoutingPolicy } from '@parley/contracts/policies/model-routing';
import { type UsageEvent, usageEventSchema } from '@parley/contracts/usage-event';
import { priceRates } from '@parley/domain/price-rates';
import { priceUsage } from '@parley/domain/pricing';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, PRICE, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import {
  type Behaviour,
  chunk,
  completion,
  sendJson,
  sendStream,
  startUpstream,
  streamEvents,
  type UpstreamServer,
} from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

type Policy = { readonly [Field in keyof ModelRoutingPolicy]?: unknown };

const AFTER_MS = 120;

let world: World;
let first: UpstreamServer;
let second: UpstreamServer;

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const answers =
  (text: string): Behaviour =>
  (received, response) =>
    received.body.includes('"stream":true')
      ? sendStream(response, streamEvents([text]))
      : sendJson(response, 200, completion(text));
const hangs: Behaviour = () => {};
const fails: Behaviour = (_received, response) =>
  sendJson(response, 500, { error: { message: 'it failed', type: 'x', code: null, param: null } });
const later =
  (ms: number, then: Behaviour): Behaviour =>
  (received, response) => {
    setTimeout(() => void then(received, response), ms);
  };

beforeAll(async () => {
  world = await openWorld();
  first = await startUpstream(answers('one'));
  second = await startUpstream(answers('two'));
});
beforeEach(() => {
  first.received.length = 0;
  second.received.length = 0;
  first.behave(answers('one'));
  second.behave(answers('two'));
});
afterAll(async () => {
  await world.close();
  await first.close();
  await second.close();
});

/** Two models at two providers behind one name, the first asked first. */
async function lab(policy: Policy = {}, { keys = ['key-one'] }: { keys?: readonly string[] } = {}) {
  const slug = `lab-${newId().slice(-8)}`;
  const owner = publisher(slug);
  const sealed = (text: string) => ({ id: newId(), sealed: seal(owner.dataKey, text, 'provider_key'), weight: 1 });
  const one = provider(owner, `${first.url}/v1`, { slug: 'one', keys: keys.map(sealed) });
  const two = provider(owner, `${second.url}/v1`, { slug: 'two' });
  const dear = { ...PRICE, id: newId(), inputPerMillion: '9000000000', outputPerMillion: '9000000000' };
  model(owner, one.id, 'alpha', { prices: [dear] });
  model(owner, two.id, 'beta');
  const llm = api(owner, 'models', { kind: 'llm', models: ['alpha', 'beta'] });
  const modelRouting = {
    aliases: [{ name: 'smart', targets: [{ model: 'alpha' }, { model: 'beta' }] }],
    tries: 1,
    hedge: { afterMs: AFTER_MS, maxShare: 1 },
    ...policy,
  };
  Object.assign(llm.versions[0] ?? {}, { policies: { modelRouting } });
  const key = apiKey();
  await publishTenant(world.redis, owner.doc);
  await publishApplication(world.redis, application([subscription(owner, llm)], [key.entry]));
  return (body: object = {}, signal: AbortSignal | null = null, path = '/v1/chat/completions'): Promise<Response> =>
    fetch(`${world.url}${path}`, {
      method: 'POST',
      body: JSON.stringify({ model: 'smart', messages: [{ role: 'user', content: 'Hi' }], ...body }),
      signal,
      headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    });
}

const told = (usage: UsageEvent) => usage.tries?.map(({ model: name, reason, outcome }) => [name, reason, outcome]);

describe.each([{ stream: false }, { stream: true }])('a call whose first model is slow, %o', ({ stream }) => {
  it('is answered by the second, and the first is let go at once', async () => {
    first.behave(hangs);
    const answer = await (await lab())({ stream });
    expect(await answer.text()).toContain('two');
    expect([answer.headers.get('x-parley-model'), answer.headers.get('x-parley-tries')]).toEqual(['beta', '2']);
    await expect.poll(() => first.received[0]?.aborted).toBe(true);
    const usage = await world.event(answer.headers.get('x-request-id'));
    expect(usage).toMatchObject({ model: 'beta', status: 200, code: null, abortedBy: 'none', attempts: 2 });
    expect(told(usage)).toEqual([
      ['alpha', 'first', 'lost'],
      ['beta', 'hedge', 'answered'],
    ]);
    expect(usage.tries?.[1]?.atMs).toBeGreaterThanOrEqual(AFTER_MS - 5);
    expect(usage.upstreamUs).toBeGreaterThanOrEqual(AFTER_MS * 1000 - 5000);
    // The call has its own price; what the other read is the publisher's cost, at its model's price, and flagged.
    const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage;
    const tokens = { inputTokens, cachedInputTokens, outputTokens, reasoningTokens };
    expect(usage.costNano).toBe(priceUsage(priceRates({ ...PRICE, id: newId() }), tokens).toString());
    const lost = world.events().filter(({ parentId }) => parentId === usage.id);
    expect(lost).toMatchObject([
      { purpose: 'hedge', model: 'alpha', usageSource: 'estimated', inputTokens: usage.inputTokens, outputTokens: 0 },
    ]);
    expect(lost[0]?.costNano).toBe(String(9000 * usage.inputTokens + Number(PRICE.perRequest)));
    expect([lost[0]?.tenantId, lost[0]?.consumerTenantId]).toEqual([usage.tenantId, usage.tenantId]);
    expect(lost[0]?.consumerTenantId).not.toBe(usage.consumerTenantId);
    expect(usageEventSchema.safeParse(lost[0]).success).toBe(true);
  });

  it('is answered by the first where that begins before the second', async () => {
    first.behave(later(AFTER_MS + 80, answers('one')));
    second.behave(hangs);
    const answer = await (await lab())({ stream });
    expect(await answer.text()).toContain('one');
    expect(answer.headers.get('x-parley-model')).toBe('alpha');
    await expect.poll(() => second.received[0]?.aborted).toBe(true);
    const usage = await world.event(answer.headers.get('x-request-id'));
    expect(told(usage)).toEqual([
      ['alpha', 'first', 'answered'],
      ['beta', 'hedge', 'lost'],
    ]);
  });

  it('does not mind that one of the two fails', async () => {
    const ask = await lab();
    first.behave(later(AFTER_MS + 150, answers('one')));
    second.behave(fails);
    const answer = await ask({ stream });
    expect(await answer.text()).toContain('one');
    expect(told(await world.event(answer.headers.get('x-request-id')))).toEqual([
      ['alpha', 'first', 'answered'],
      ['beta', 'hedge', 'server'],
    ]);
    first.behave(later(AFTER_MS + 50, fails));
    second.behave(later(150, answers('two')));
    const other = await ask({ stream });
    expect(await other.text()).toContain('two');
    expect(told(await world.event(other.headers.get('x-request-id')))).toEqual([
      ['alpha', 'first', 'server'],
      ['beta', 'hedge', 'answered'],
    ]);
    const { id } = await world.event(other.headers.get('x-request-id'));
    expect(world.events().filter(({ parentId }) => parentId === id)).toEqual([]);
  });

  it('fails once when both fail, and asks neither again', async () => {
    first.behave(later(AFTER_MS + 50, fails));
    second.behave(later(100, fails));
    const answer = await (await lab())({ stream });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ error: { code: 'upstream_unreachable' } });
    expect([first.received.length, second.received.length]).toEqual([1, 1]);
  });

  it('ends both when its caller leaves', async () => {
    first.behave(hangs);
    second.behave(hangs);
    const controller = new AbortController();
    const asked = (await lab())({ stream }, controller.signal);
    await expect.poll(() => second.received.length).toBe(1);
    const before = world.events().length;
    controller.abort();
    await expect(asked).rejects.toThrow('abort');
    await expect.poll(() => [first.received[0]?.aborted, second.received[0]?.aborted]).toEqual([true, true]);
    const left = () =>
      world
        .events()
        .slice(before)
        .find(({ abortedBy, purpose }) => abortedBy === 'client' && purpose === undefined);
    await expect.poll(left).toBeDefined();
    const usage = left();
    expect(usage && told(usage)).toEqual([
      ['alpha', 'first', 'client_left'],
      ['beta', 'hedge', 'client_left'],
    ]);
  });
});

describe('a stream', () => {
  it('that has sent its beginning but no word yet loses to one that says something', async () => {
    first.behave((_received, response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event(chunk({ role: 'assistant', content: '' })));
    });
    const text = await (await (await lab())({ stream: true })).text();
    expect(text).toContain('two');
    expect(text).toContain('[DONE]');
    expect(text.match(/"role":"assistant"/g)).toHaveLength(1);
  });

  it('that broke off after its first word stays broken: the other was let go', async () => {
    const head = event(chunk({ role: 'assistant', content: '' }));
    first.behave(
      later(AFTER_MS + 60, (_received, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(head + event(chunk({ content: 'Hel' })), () => response.destroy());
      }),
    );
    second.behave(hangs);
    const text = await (await (await lab())({ stream: true })).text();
    expect(text).toContain('Hel');
    expect(text).toContain('"finish_reason":"error"');
    expect(text).not.toContain('[DONE]');
    await expect.poll(() => second.received[0]?.aborted).toBe(true);
  });
});

describe('a second try', () => {
  it('is not made where the first begins in time', async () => {
    const ask = await lab({ hedge: { afterMs: 2000 } });
    const answer = await ask();
    expect(answer.headers.get('x-parley-tries')).toBeNull();
    expect((await world.event(answer.headers.get('x-request-id'))).tries).toBeUndefined();
    expect(second.received.length).toBe(0);
  });

  it('goes to another key of the same model where there is no other model', async () => {
    first.behave((received, response) => {
      if (first.received.length > 1) void answers('one')(received, response);
    });
    const ask = await lab({}, { keys: ['key-a', 'key-b'] });
    const answer = await ask({ model: 'alpha' });
    expect(await answer.text()).toContain('one');
    const [a, b] = first.received.map(({ headers }) => headers.authorization);
    expect(new Set([a, b])).toEqual(new Set(['Bearer key-a', 'Bearer key-b']));
    const { tries } = await world.event(answer.headers.get('x-request-id'));
    expect(tries?.map(({ outcome }) => outcome)).toEqual(['lost', 'answered']);
  });

  it('is made for no more than the share of calls, so that an outage is not doubled', async () => {
    first.behave(later(AFTER_MS * 2, answers('one')));
    second.behave(hangs);
    const ask = await lab({ hedge: { afterMs: AFTER_MS, maxShare: 0.1 } });
    const all = await Promise.all(Array.from({ length: 20 }, async () => (await ask()).text()));
    expect(all.every((text) => text.includes('one'))).toBe(true);
    expect(first.received.length).toBe(20);
    // A tenth of twenty calls, and one that is always allowed.
    expect(second.received.length).toBe(3);
  });

  it('is never made for what models do beside chat', async () => {
    first.behave(
      later(AFTER_MS * 2, (_received, response) =>
        sendJson(response, 200, {
          object: 'list',
          data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
          model: 'x',
          usage: { prompt_tokens: 1, total_tokens: 1 },
        }),
      ),
    );
    const answer = await (await lab())({ input: 'Hi', messages: undefined }, null, '/v1/embeddings');
    expect(answer.status).toBe(200);
    expect(second.received.length).toBe(0);
  });
});
