import type { ServerResponse } from 'node:http';
import type { ModelRoutingPolicy } from '@parley/contracts/policies/model-routing';
import type { TryRecord } from '@parley/contracts/usage-event';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, PRICE, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
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

type Policy = { readonly [Field in keyof ModelRoutingPolicy]?: unknown };

let world: World;
let first: UpstreamServer;
let second: UpstreamServer;

const good = completion();
const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const failing =
  (status: number, code: string | null = null, headers: Record<string, string> = {}) =>
  (_received: unknown, response: ServerResponse) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    sendJson(response, status, { error: { message: 'it failed', type: 'x', code, param: null } });
  };

beforeAll(async () => {
  world = await openWorld();
  first = await startUpstream((_received, response) => sendJson(response, 200, good));
  second = await startUpstream((_received, response) => sendJson(response, 200, good));
});
beforeEach(() => {
  for (const backend of [first, second]) {
    backend.received.length = 0;
    backend.behave((_received, response) => sendJson(response, 200, good));
  }
});
afterAll(async () => {
  await world.close();
  await first.close();
  await second.close();
});

/** A publisher with two models, `alpha` and `beta`, at two providers; and somebody who may call them. */
async function lab(policy: Policy, { keys = ['key-one'] }: { keys?: readonly string[] } = {}) {
  const slug = `lab-${newId().slice(-8)}`;
  const owner = publisher(slug);
  const sealed = (text: string) => ({ id: newId(), sealed: seal(owner.dataKey, text, 'provider_key'), weight: 1 });
  const one = provider(owner, `${first.url}/v1`, { slug: 'one', keys: keys.map(sealed) });
  const two = provider(owner, `${second.url}/v1`, { slug: 'two' });
  const dear = { ...PRICE, id: newId(), inputPerMillion: '9000000000', outputPerMillion: '9000000000' };
  model(owner, one.id, 'alpha', { prices: [dear] });
  model(owner, two.id, 'beta', { capabilities: ['chat', 'tools'] });
  const llm = api(owner, 'models', { kind: 'llm', models: ['alpha'] });
  Object.assign(llm.versions[0] ?? {}, { policies: { modelRouting: policy } });
  const key = apiKey();
  await publishTenant(world.redis, owner.doc);
  await publishApplication(world.redis, application([subscription(owner, llm)], [key.entry]));
  return (body: object, path = '/v1/chat/completions', signal: AbortSignal | null = null): Promise<Response> =>
    fetch(`${world.url}${path}`, {
      ...(path.endsWith('/models')
        ? {}
        : { method: 'POST', body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], ...body }) }),
      signal,
      headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    });
}

const alias = (more: object = {}) => ({
  aliases: [{ name: 'smart', targets: [{ model: 'alpha' }, { model: 'beta' }], ...more }],
});

describe('an alias', () => {
  it('is a name like any other, and the answer says which model gave it', async () => {
    const ask = await lab(alias());
    const answer = await ask({ model: 'smart' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-parley-model')).toBe('alpha');
    expect(((await answer.json()) as { model: string }).model).toBe('alpha');
    const list = (await (await ask({}, '/v1/models')).json()) as { data: { id: string }[] };
    expect(list.data.map(({ id }) => id)).toEqual(['alpha', 'smart']);
    const usage = await world.event(answer.headers.get('x-request-id'));
    expect(usage).toMatchObject({ model: 'alpha', attempts: 1 });
    expect(usage.tries).toBeUndefined();
  });

  it('asks the next model when one is down, and prices the one that answered', async () => {
    first.behave(failing(503));
    const ask = await lab({ ...alias(), tries: 2 });
    const answer = await ask({ model: 'smart' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-parley-model')).toBe('beta');
    expect(answer.headers.get('x-parley-tries')).toBe('3');
    expect([first.received.length, second.received.length]).toEqual([2, 1]);
    const usage = await world.event(answer.headers.get('x-request-id'));
    expect(usage).toMatchObject({ model: 'beta', attempts: 3, status: 200, abortedBy: 'none' });
    expect(usage.tries).toMatchObject([
      { reason: 'first', outcome: 'overloaded', model: 'alpha', status: 503, firstTokenMs: null },
      { reason: 'again', outcome: 'overloaded', model: 'alpha', status: 503 },
      { reason: 'fallback', outcome: 'answered', model: 'beta', status: 200 },
    ]);
    const starts = (usage.tries ?? []).map(({ atMs }) => atMs);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
  });

  it.each([
    ['contextWindow', failing(400, 'context_length_exceeded'), 200],
    ['contentPolicy', failing(400, 'content_filter'), 400],
    ['an invalid request', failing(400, 'invalid_value'), 400],
  ])('falls back after %s only where the policy says so', async (_what, behaviour, status) => {
    first.behave(behaviour);
    const ask = await lab(alias());
    expect((await ask({ model: 'smart' })).status).toBe(status);
    expect(second.received.length).toBe(status === 200 ? 1 : 0);
  });

  it('leaves out a model whose condition does not hold, and one that cannot do what is asked', async () => {
    const by = await lab({
      aliases: [
        {
          name: 'smart',
          targets: [{ model: 'beta', when: 'request.body.user == "vip"' }, { model: 'alpha' }],
        },
        { name: 'seeing', targets: [{ model: 'beta' }, { model: 'alpha' }] },
      ],
    });
    expect((await by({ model: 'smart', user: 'vip' })).headers.get('x-parley-model')).toBe('beta');
    expect((await by({ model: 'smart' })).headers.get('x-parley-model')).toBe('alpha');
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };
    const answer = await by({ model: 'seeing', messages: [{ role: 'user', content: [image] }] });
    expect(answer.headers.get('x-parley-model')).toBe('alpha');
  });

  it('knows which is cheapest, and keeps a user at one model where that is wished', async () => {
    const cheap = await lab(alias({ strategy: 'cheapest' }));
    expect((await cheap({ model: 'smart' })).headers.get('x-parley-model')).toBe('beta');
    const weighted = await lab(alias({ strategy: 'weighted', sticky: 'user' }));
    const chosen = async (user: string) => (await weighted({ model: 'smart', user })).headers.get('x-parley-model');
    const users = Array.from({ length: 20 }, (_, i) => `user-${i}`);
    const once = await Promise.all(users.map(chosen));
    expect(await Promise.all(users.map(chosen))).toEqual(once);
    expect(new Set(once)).toEqual(new Set(['alpha', 'beta']));
  });

  it('tries what it knows nothing of, then goes to the fastest', async () => {
    first.behave(async (_received, response) => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      sendJson(response, 200, good);
    });
    const ask = await lab(alias({ strategy: 'fastest' }));
    const served: (string | null)[] = [];
    for (let i = 0; i < 5; i++) served.push((await ask({ model: 'smart' })).headers.get('x-parley-model'));
    expect(new Set(served.slice(0, 2))).toEqual(new Set(['alpha', 'beta']));
    expect(served.slice(2)).toEqual(['beta', 'beta', 'beta']);
  });

  it('asks a model that failed again and again last, until it works', async () => {
    first.behave(failing(500));
    const ask = await lab({ ...alias(), tries: 1 });
    for (let i = 0; i < 3; i++) await ask({ model: 'smart' });
    first.received.length = 0;
    expect((await ask({ model: 'smart' })).headers.get('x-parley-model')).toBe('beta');
    expect(first.received.length).toBe(0);
  });
});

describe('a try that failed', () => {
  it('is repeated at the same model, and told when there is no other', async () => {
    const ask = await lab({ tries: 3 });
    let calls = 0;
    first.behave((received, response) =>
      ++calls < 3 ? failing(500)(received, response) : sendJson(response, 200, good),
    );
    const answer = await ask({ model: 'alpha' });
    expect([answer.status, answer.headers.get('x-parley-tries')]).toEqual([200, '3']);
    first.behave(failing(500));
    const refused = await ask({ model: 'alpha' });
    expect(refused.status).toBe(502);
    expect(await refused.json()).toMatchObject({ error: { code: 'upstream_unreachable' } });
    const { tries } = await world.event(refused.headers.get('x-request-id'));
    expect(tries?.map(({ reason, outcome }) => [reason, outcome])).toEqual([
      ['first', 'server'],
      ['again', 'server'],
      ['again', 'server'],
    ]);
  });

  it('goes to the provider’s next key where the key is at fault, and that key rests', async () => {
    const ask = await lab({ tries: 1 }, { keys: ['key-bad', 'key-good'] });
    first.behave((received, response) =>
      received.headers.authorization === 'Bearer key-bad'
        ? failing(401)(received, response)
        : sendJson(response, 200, good),
    );
    const seen: (readonly TryRecord[])[] = [];
    for (let i = 0; i < 12; i++) {
      const answer = await ask({ model: 'alpha' });
      expect(answer.status).toBe(200);
      const { tries } = await world.event(answer.headers.get('x-request-id'));
      if (tries !== undefined) seen.push(tries);
    }
    for (const tries of seen) {
      expect(tries).toMatchObject([
        { reason: 'first', outcome: 'authentication', status: 401 },
        { reason: 'key', outcome: 'answered', status: 200 },
      ]);
      expect(tries[0]?.keyId).not.toBe(tries[1]?.keyId);
      expect(JSON.stringify(tries)).not.toContain('key-');
    }
    const bad = first.received.filter(({ headers }) => headers.authorization === 'Bearer key-bad');
    expect(bad.length).toBeLessThanOrEqual(1);
  });

  it('never shows a provider’s 401 as the caller’s', async () => {
    first.behave(failing(401));
    const answer = await (await lab({ tries: 1 }))({ model: 'alpha' });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ error: { code: 'upstream_credentials' } });
  });

  it('waits as long as the provider asks, but not longer than the policy allows', async () => {
    const ask = await lab({ tries: 2, maxWaitMs: 2000 });
    let calls = 0;
    first.behave((received, response) =>
      ++calls === 1 ? failing(429, null, { 'retry-after': '1' })(received, response) : sendJson(response, 200, good),
    );
    const started = performance.now();
    expect((await ask({ model: 'alpha' })).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(950);
    first.behave(failing(429, null, { 'retry-after': '60' }));
    const refused = await ask({ model: 'alpha' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60']);
  });

  it('of a stream falls back until the model has said something, and never after', async () => {
    const ask = await lab({ ...alias(), tries: 1 });
    const head = event(chunk({ role: 'assistant', content: '' }));
    const said = event(chunk({ content: 'Hel' }));
    second.behave((_received, response) => sendStream(response, streamEvents(['Hi'])));
    first.behave((_received, response) =>
      sendStream(response, [head, event({ error: { message: 'overloaded', code: 503 } })]),
    );
    const before = await ask({ model: 'smart', stream: true });
    expect(await before.text()).toContain('[DONE]');
    expect(before.headers.get('x-parley-model')).toBe('beta');
    second.received.length = 0;
    first.behave((_received, response) =>
      sendStream(response, [head, said, event({ error: { message: 'overloaded' } })]),
    );
    const after = await (await ask({ model: 'smart', stream: true })).text();
    expect(after).toContain('"finish_reason":"error"');
    expect(after).not.toContain('[DONE]');
    expect(second.received.length).toBe(0);
    const { tries, ttftUs } = await world.event(before.headers.get('x-request-id'));
    expect(tries).toMatchObject([
      { outcome: 'server', firstTokenMs: null },
      { outcome: 'answered', firstTokenMs: expect.any(Number) },
    ]);
    expect(ttftUs).toBeGreaterThanOrEqual((tries?.[1]?.atMs ?? 0) * 1000 - 1000);
  });

  it('of a stream that does not begin in time is a time-out', async () => {
    const ask = await lab({ ...alias(), tries: 1, firstTokenMs: 200 });
    first.behave((_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': thinking\n\n');
    });
    second.behave((_received, response) => sendStream(response, streamEvents(['Hi'])));
    const answer = await ask({ model: 'smart', stream: true });
    expect(answer.headers.get('x-parley-model')).toBe('beta');
    expect(first.received[0]?.aborted).toBe(true);
    const { tries } = await world.event(answer.headers.get('x-request-id'));
    expect(tries?.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['timeout', 200],
      ['answered', 200],
    ]);
  });

  it('is followed by none when the client leaves while waiting', async () => {
    const ask = await lab({ tries: 5, maxWaitMs: 60_000 });
    first.behave(failing(503, null, { 'retry-after': '1' }));
    const controller = new AbortController();
    const asked = ask({ model: 'alpha' }, '/v1/chat/completions', controller.signal);
    await expect.poll(() => first.received.length).toBe(1);
    controller.abort();
    await expect(asked).rejects.toThrow('abort');
    await expect.poll(() => world.events().some(({ abortedBy }) => abortedBy === 'client')).toBe(true);
    expect(first.received.length).toBe(1);
  });
});
