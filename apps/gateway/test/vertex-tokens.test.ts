import type { ServerResponse } from 'node:http';
import type { ModelRoutingPolicy } from '@parley/contracts/policies/model-routing';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, formatted, model, provider, publisher, subscription } from './documents.ts';
import { serviceAccount } from './format-lab.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, type Received, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** Access tokens for Vertex AI through a real gateway: Google is played here, its token endpoint beside its models. */
let world: World;
let google: UpstreamServer;
let openai: UpstreamServer;
const said = { tokens: 0, refuse: (_token: string): number => 200, token: (): number => 200 };

const ANSWER = {
  candidates: [{ index: 0, finishReason: 'STOP', content: { role: 'model', parts: [{ text: 'Hello' }] } }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
};

function asGoogle(received: Received, response: ServerResponse): void {
  if (received.url === '/token') {
    const status = said.token();
    if (status !== 200) return sendJson(response, status, { error: 'invalid_grant', error_description: 'no' });
    return sendJson(response, 200, { access_token: `ya29.token-${++said.tokens}`, expires_in: 3600 });
  }
  const status = said.refuse(String(received.headers.authorization));
  if (status === 200) return sendJson(response, 200, ANSWER);
  sendJson(response, status, { error: { code: status, status: 'UNAUTHENTICATED', message: 'no token' } });
}

const asked = (path: RegExp): string[] =>
  google.received.filter((one) => path.test(one.url)).map(({ headers }) => String(headers.authorization));
const models = (): string[] => asked(/generateContent$/);
const tokens = (): string[] => asked(/^\/token$/);

beforeAll(async () => {
  world = await openWorld();
  google = await startUpstream(asGoogle);
  openai = await startUpstream((_received, response) => sendJson(response, 200, completion()));
});
beforeEach(() => {
  google.received.length = 0;
  openai.received.length = 0;
  Object.assign(said, { refuse: () => 200, token: () => 200 });
});
afterAll(async () => {
  await world.close();
  await google.close();
  await openai.close();
});

/** Somebody who may call a model at Vertex AI, with as many keys, and a name behind which another maker's comes next. */
async function lab({ keys = 1, routing = {} }: { keys?: number; routing?: Partial<ModelRoutingPolicy> } = {}) {
  const owner = publisher(`vertex-${newId().slice(-8)}`);
  const sealed = (at: number) => {
    const account = serviceAccount(google.url, `robot-${at}@demo.iam.gserviceaccount.com`);
    return { id: newId(), sealed: seal(owner.dataKey, account, 'provider_key'), weight: 1 };
  };
  const settings = { project: 'demo', region: 'europe-west4' };
  const vertex = formatted(owner, 'vertex', `${google.url}/v1`, {
    settings,
    keys: Array.from({ length: keys }, (_, at) => sealed(at)),
  });
  model(owner, vertex.id, 'gemini');
  model(owner, provider(owner, `${openai.url}/v1`).id, 'gpt');
  const llm = api(owner, 'models', { kind: 'llm', models: ['gemini', 'gpt'] });
  const aliases = [{ name: 'any', targets: [{ model: 'gemini' }, { model: 'gpt' }] }];
  Object.assign(llm.versions[0] ?? {}, { policies: { modelRouting: { aliases, ...routing } } });
  const key = apiKey();
  await publishTenant(world.redis, owner.doc);
  await publishApplication(world.redis, application([subscription(owner, llm)], [key.entry]));
  return (name: string, signal: AbortSignal | null = null): Promise<Response> =>
    fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: name, messages: [{ role: 'user', content: 'Hi' }] }),
      signal,
      headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    });
}

describe('a model at Vertex AI', () => {
  it('is asked under its project and location with a token that simultaneous callers share', async () => {
    const ask = await lab();
    const before = said.tokens;
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask('gemini')));
    for (const answer of answers) expect(answer.status).toBe(200);
    expect((await ask('gemini')).status).toBe(200);
    expect(said.tokens - before).toBe(1);
    expect(new Set(models())).toEqual(new Set([`Bearer ya29.token-${said.tokens}`]));
    const sent = google.received.find((one) => one.url.endsWith('generateContent'));
    expect(sent?.url).toBe(
      '/v1/projects/demo/locations/europe-west4/publishers/google/models/real-gemini:generateContent',
    );
    expect(JSON.stringify(sent?.headers)).not.toContain('PRIVATE KEY');
  });

  it('that refuses a token at hand is asked once more with a new one, and nobody notices', async () => {
    const ask = await lab();
    await ask('gemini');
    const old = `Bearer ya29.token-${said.tokens}`;
    said.refuse = (token) => (token === old ? 401 : 200);
    const answer = await ask('gemini');
    expect(answer.status).toBe(200);
    expect(models()).toEqual([old, old, `Bearer ya29.token-${said.tokens}`]);
    expect((await world.event(answer.headers.get('x-request-id'))).attempts).toBe(2);
  });

  it('that refuses every token is the publisher’s trouble, and Google is not asked for one by every call', async () => {
    const ask = await lab();
    await ask('gemini');
    const before = said.tokens;
    said.refuse = () => 401;
    for (let call = 0; call < 4; call++) {
      const answer = await ask('gemini');
      expect(answer.status).toBe(502);
      expect(((await answer.json()) as { error: { code: string } }).error.code).toBe('upstream_credentials');
    }
    expect(said.tokens - before).toBe(1);
  });
});

describe('a service account that gets no token', () => {
  it('is never the caller’s 401: it is told as the provider’s credentials, and not asked for by every call', async () => {
    said.token = () => 400;
    const ask = await lab();
    for (let call = 0; call < 4; call++) {
      const answer = await ask('gemini');
      expect(answer.status).toBe(502);
      const text = await answer.text();
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'upstream_credentials' } });
      expect(text).not.toContain('invalid_grant');
      const usage = await world.event(answer.headers.get('x-request-id'));
      expect(usage).toMatchObject({ status: 502, code: 'upstream_credentials', attempts: 0, costNano: '0' });
    }
    expect(tokens()).toHaveLength(1);
    expect(models()).toEqual([]);
  });

  it('gives way to the provider’s other key, or to the next model', async () => {
    let first = true;
    said.token = () => {
      const status = first ? 403 : 200;
      first = false;
      return status;
    };
    const two = await lab({ keys: 2 });
    expect((await two('gemini')).status).toBe(200);
    expect(tokens()).toHaveLength(2);
    said.token = () => 503;
    const fallen = await (await lab())('any');
    expect([fallen.status, fallen.headers.get('x-parley-model')]).toEqual([200, 'gpt']);
  });

  it('leaves nothing behind when its caller goes while the token is waited for', async () => {
    const held = Promise.withResolvers<void>();
    google.behave((received, response) => {
      if (received.url === '/token') void held.promise.then(() => asGoogle(received, response));
      else asGoogle(received, response);
    });
    const ask = await lab();
    const leaving = new AbortController();
    const call = ask('gemini', leaving.signal);
    await expect.poll(() => tokens().length).toBe(1);
    leaving.abort();
    await expect(call).rejects.toThrow();
    await expect.poll(() => world.events().at(-1)?.abortedBy).toBe('client');
    held.resolve();
    google.behave(asGoogle);
    // What was waited for is there for the next call, and the one that left is not sent.
    expect((await ask('gemini')).status).toBe(200);
    expect([tokens().length, models().length]).toEqual([1, 1]);
  });
});
