import type { KeyLimits } from '@parley/contracts/key-health';
import type { ModelRoutingPolicy } from '@parley/contracts/policies/model-routing';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** What a provider allows its keys, through a real gateway. */
let world: World;
let backend: UpstreamServer;
let other: UpstreamServer;

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_received, response) => sendJson(response, 200, completion()));
  other = await startUpstream((_received, response) => sendJson(response, 200, completion()));
});
beforeEach(() => {
  backend.received.length = 0;
  backend.behave((_received, response) => sendJson(response, 200, completion()));
});
afterAll(async () => {
  await world.close();
  await backend.close();
  await other.close();
});

const used = (secret: string): number =>
  backend.received.filter(({ headers }) => headers.authorization === `Bearer ${secret}`).length;

/** Somebody who may call a model whose provider has keys with these limits, and one behind which another provider's comes. */
async function lab(limits: Readonly<Record<string, KeyLimits>>, routing: Partial<ModelRoutingPolicy> = {}) {
  const owner = publisher(`keys-${newId().slice(-8)}`);
  const keys = Object.entries(limits).map(([secret, allowed]) => ({
    id: newId(),
    sealed: seal(owner.dataKey, secret, 'provider_key'),
    weight: 1,
    limits: allowed,
  }));
  model(owner, provider(owner, `${backend.url}/v1`, { keys }).id, 'small');
  model(owner, provider(owner, `${other.url}/v1`, { slug: 'other' }).id, 'spare');
  const llm = api(owner, 'models', { kind: 'llm', models: ['small', 'spare'] });
  const aliases = [{ name: 'any', targets: [{ model: 'small' }, { model: 'spare' }] }];
  Object.assign(llm.versions[0] ?? {}, { policies: { modelRouting: { aliases, ...routing } } });
  const key = apiKey();
  await publishTenant(world.redis, owner.doc);
  await publishApplication(world.redis, application([subscription(owner, llm)], [key.entry]));
  const ask = (name = 'small'): Promise<Response> =>
    fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: name, messages: [{ role: 'user', content: 'Hi' }] }),
      headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    });
  return { ask, keys };
}

describe('a provider’s keys', () => {
  it('get no more calls than their limits allow, however many come at once; the rest are told when to come again', async () => {
    const { ask } = await lab({ 'key-a': { requestsPerMinute: 3 }, 'key-b': { requestsPerMinute: 5 } });
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask()));
    expect([used('key-a'), used('key-b')]).toEqual([3, 5]);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    for (const answer of refused) {
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(30);
      expect(((await answer.json()) as { error: { code: string } }).error.code).toBe('upstream_rate_limited');
    }
  });

  it('that are at their limits give way to the next model', async () => {
    const { ask } = await lab({ 'key-c': { requestsPerMinute: 1 } });
    const models = [await ask('any'), await ask('any')].map(({ headers }) => headers.get('x-parley-model'));
    expect(models).toEqual(['small', 'spare']);
    expect(used('key-c')).toBe(1);
  });

  it('are held to the tokens their answers took', async () => {
    const { ask } = await lab({ 'key-d': { tokensPerMinute: 1 } });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 503]);
  });

  it('run no more calls at once than they may, and take the next when one has ended', async () => {
    const open = Promise.withResolvers<void>();
    backend.behave(async (_received, response) => {
      await open.promise;
      sendJson(response, 200, completion());
    });
    const { ask } = await lab({ 'key-e': { concurrency: 2 } });
    const running = [ask(), ask()];
    await expect.poll(() => used('key-e')).toBe(2);
    expect((await ask()).status).toBe(503);
    open.resolve();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await ask()).status).toBe(200);
  });

  it('of which one has nothing left, as the provider says, leave the calls to the other', async () => {
    backend.behave((_received, response) => {
      response.setHeader('x-ratelimit-remaining-requests', '0');
      response.setHeader('x-ratelimit-reset-requests', '1m0s');
      sendJson(response, 200, completion());
    });
    const { ask } = await lab({ 'key-f': {}, 'key-g': {} });
    await ask();
    await ask();
    expect([used('key-f'), used('key-g')]).toEqual([1, 1]);
    expect((await ask()).status, 'both said so: one is used all the same').toBe(200);
  });

  it('tell the publisher when one is refused, and when it works again, not at every call', async () => {
    const { ask, keys } = await lab({ 'key-h': {} });
    const told = () =>
      world.jobs.jobs.flatMap(({ name, payload }) =>
        name === 'providerKey.health' && (payload as { keyId: string }).keyId === keys[0]?.id
          ? [(payload as { trouble: string | null }).trouble]
          : [],
      );
    await ask();
    expect(told()).toEqual([]);
    backend.behave((_received, response) => sendJson(response, 401, { error: { message: 'revoked' } }));
    await ask();
    await ask();
    expect(told()).toEqual(['authentication']);
    backend.behave((_received, response) => sendJson(response, 200, completion()));
    await ask();
    await ask();
    expect(told()).toEqual(['authentication', null]);
  });
});
