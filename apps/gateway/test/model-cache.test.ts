import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, subscription } from './documents.ts';
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

let world: World;
let backend: UpstreamServer;

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_received, response) => sendJson(response, 200, completion()));
});
beforeEach(() => {
  backend.received.length = 0;
  let n = 0;
  backend.behave((received, response) => {
    n++;
    const { stream } = JSON.parse(received.body.toString()) as { stream?: boolean };
    if (stream) sendStream(response, streamEvents([`Answer `, `number ${n}`]));
    else sendJson(response, 200, completion(`Answer number ${n}`));
  });
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

async function lab(policy: object) {
  const owner = publisher(`lab-${newId().slice(-8)}`);
  model(owner, provider(owner, `${backend.url}/v1`).id, 'fast');
  const llm = api(owner, 'models', { kind: 'llm', models: ['fast'] });
  Object.assign(llm.versions[0] ?? {}, { policies: { modelCache: policy } });
  const keys = [apiKey(), apiKey()];
  await publishTenant(world.redis, owner.doc);
  for (const key of keys) await publishApplication(world.redis, application([subscription(owner, llm)], [key.entry]));
  return (body: object, more: { as?: number; headers?: Record<string, string> } = {}): Promise<Response> =>
    fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }], ...body }),
      headers: {
        authorization: `Bearer ${keys[more.as ?? 0]?.secret}`,
        'content-type': 'application/json',
        ...more.headers,
      },
    });
}

const words = async (answer: Response): Promise<string> => {
  const text = await answer.text();
  if (!text.startsWith('data:'))
    return (JSON.parse(text) as { choices: [{ message: { content: string } }] }).choices[0].message.content;
  const data = text.split('\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6))] : []));
  return data.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
};

it('gives an answer again to the same question, whatever its order, and says so in headers and usage', async () => {
  const ask = await lab({});
  const first = await ask({ temperature: 0, seed: 1 });
  expect(first.headers.get('cache-status')).toBeNull();
  expect(await words(first)).toBe('Answer number 1');
  const again = await ask({ seed: 1, temperature: 0, user: 'somebody' });
  expect(again.headers.get('cache-status')).toBe('parley; hit');
  expect(again.headers.get('age')).toBe('0');
  expect(await words(again)).toBe('Answer number 1');
  expect(backend.received).toHaveLength(1);
  const usage = await world.event(again.headers.get('x-request-id'));
  expect(usage).toMatchObject({ cache: 'hit', costNano: '0', inputTokens: 0, attempts: 0 });
});

it.each([
  [{ messages: [{ role: 'user', content: 'Hi!' }] }],
  [{ temperature: 0.1 }],
  [{ seed: 2 }],
  [{ tools: [{ type: 'function', function: { name: 'f' } }] }],
  [{ logit_bias: { 5: 1 } }],
])('takes %j for another question', async (change) => {
  const ask = await lab({});
  await ask({});
  expect(await words(await ask(change))).toBe('Answer number 2');
});

it('plays a whole answer as a stream, and keeps a stream as a whole answer', async () => {
  const ask = await lab({});
  await ask({});
  const streamed = await ask({ stream: true, stream_options: { include_usage: true } });
  expect(streamed.headers.get('content-type')).toContain('text/event-stream');
  const text = await streamed.text();
  expect(text).toContain('"content":"Answer number 1"');
  expect(text).toContain('"completion_tokens":10');
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  await (await ask({ seed: 9, stream: true })).text();
  expect(await words(await ask({ seed: 9 }))).toBe('Answer number 2');
  expect(backend.received).toHaveLength(2);
});

it('keeps the answers of each application, or of each end user, apart', async () => {
  const ask = await lab({ scope: 'application' });
  await ask({});
  expect(await words(await ask({}, { as: 1 }))).toBe('Answer number 2');
  const byUser = await lab({ scope: 'user' });
  await byUser({ user: 'ann' });
  expect(await words(await byUser({ user: 'bob' }))).toBe('Answer number 4');
  expect(await words(await byUser({ user: 'ann' }))).toBe('Answer number 3');
  await byUser({});
  expect(await words(await byUser({}))).toBe('Answer number 6');
  const shared = await lab({ scope: 'everyone' });
  await shared({});
  expect(await words(await shared({}, { as: 1 }))).toBe('Answer number 7');
});

it('can cost what the model’s own answer would', async () => {
  const ask = await lab({ price: 'full' });
  const first = await world.event((await ask({})).headers.get('x-request-id'));
  const again = await world.event((await ask({})).headers.get('x-request-id'));
  expect(again).toMatchObject({ cache: 'hit', inputTokens: 20, outputTokens: 10, costNano: first.costNano });
  expect(BigInt(first.costNano)).toBeGreaterThan(0n);
});

it('asks again when the caller wants that, or after the time is up, and keeps nothing cut or refused', async () => {
  const ask = await lab({ ttlSeconds: 1 });
  await ask({});
  expect(await words(await ask({}, { headers: { 'cache-control': 'no-cache' } }))).toBe('Answer number 2');
  expect(await words(await ask({}))).toBe('Answer number 2');
  await expect.poll(async () => words(await ask({})), { timeout: 5000, interval: 300 }).toBe('Answer number 3');
  const none = await lab({});
  await none({}, { headers: { 'cache-control': 'no-store' } });
  expect(await words(await none({}))).toBe('Answer number 5');
  backend.behave((_received, response) =>
    sendJson(
      response,
      200,
      completion('cut', {
        choices: [{ index: 0, message: { role: 'assistant', content: 'cut' }, finish_reason: 'length' }],
      }),
    ),
  );
  await none({ seed: 7 });
  await none({ seed: 7 });
  expect(backend.received.filter(({ body }) => body.toString().includes('"seed":7'))).toHaveLength(2);
});
