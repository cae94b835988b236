import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { testContext } from '@parley/testkit/context';
import { startSimulator } from '@parley/testkit/simulator/start';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { createModel } from '../models/create.ts';
import { addProviderKey } from '../provider-keys/add.ts';
import { faultOf, withModels } from '../test/publisher.ts';
import { createProvider } from './create.ts';
import { deleteProvider } from './delete.ts';
import { testProvider } from './test.ts';
import { updateProvider } from './update.ts';

const kit = testContext();
let simulator: Awaited<ReturnType<typeof startSimulator>>;
beforeAll(async () => {
  simulator = await startSimulator({ port: 0 });
});
afterAll(() => Promise.all([kit.close(), simulator.close()]));

/** A server that answers every request with one status, and tells what it was asked. */
async function answering(status: number, headers: Record<string, string> = {}) {
  const asked: { path: string; authorization: string | undefined }[] = [];
  const server = http.createServer((request, response) => {
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
    response.writeHead(status, headers).end('{"error":{"message":"key sk-secret is bad"}}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { url, asked, close: () => new Promise((closed) => server.close(closed)) };
}

async function provider(context: Context, baseUrl: string): Promise<{ provider: string }> {
  await createProvider(context, { slug: 'p', name: 'P', baseUrl });
  await addProviderKey(context, { provider: 'p', label: 'main', secret: 'sim-0123456789-secret' });
  return { provider: 'p' };
}

describe('testing a provider', () => {
  it('makes one real call with the key and lists the provider’s models', async () => {
    const { owner } = await kit.tenant();
    const outcome = await testProvider(owner, await provider(owner, `${simulator.url}/v1`));
    expect(outcome).toMatchObject({ ok: true, status: 200, models: expect.arrayContaining(['sim-small']) });
  });

  it.each([
    [401, 'refused the key'],
    [404, 'nothing at this address'],
    [429, 'limiting'],
    [500, 'error of its own'],
    [302, 'redirects'],
  ])('says what a %i means, and repeats nothing the provider wrote', async (status, words) => {
    const server = await answering(status, { location: 'http://169.254.169.254/' });
    const { owner } = await kit.tenant();
    const outcome = await testProvider(owner, await provider(owner, server.url));
    await server.close();
    expect(outcome).toMatchObject({ ok: false, status, sentence: expect.stringContaining(words) });
    expect(outcome.sentence).not.toContain('sk-secret');
    expect(server.asked).toEqual([{ path: '/v1/models', authorization: 'Bearer sim-0123456789-secret' }]);
  });

  it('tries a short chat where there is no list of models and a model is known', async () => {
    const server = await answering(404);
    const { owner } = await kit.tenant();
    const target = await provider(owner, server.url);
    await createModel(owner, { slug: 'm', provider: 'p', providerModel: 'm' });
    await testProvider(owner, target);
    await server.close();
    expect(server.asked.map(({ path }) => path)).toEqual(['/v1/models', '/v1/chat/completions']);
  });

  it('says when nothing listens, and does not call a private address that is not allowed', async () => {
    const server = await answering(200);
    await server.close();
    const { owner } = await kit.tenant();
    const target = await provider(owner, server.url);
    expect(await testProvider(owner, target)).toMatchObject({
      ok: false,
      status: null,
      sentence: expect.stringContaining('Nothing listens'),
    });
    await updateProvider(owner, { provider: 'p', baseUrl: simulator.url.replace('127.0.0.1', 'localhost') });
    const strict = { ...owner, settings: { ...owner.settings, allowedPrivate: [] } };
    expect((await testProvider(strict, target)).sentence).toContain('private');
  });
});

describe('a provider', () => {
  it('is not deleted while a model uses it', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    const fault = await faultOf(deleteProvider(owner, { provider: 'simulator' }));
    expect(fault).toMatchObject({ code: 'invalid_state', message: expect.stringContaining('swift') });
  });

  it('has one short name per tenant', async () => {
    const { owner } = await kit.tenant();
    await withModels(owner);
    const fault = await faultOf(
      createProvider(owner, { slug: 'simulator', name: 'Again', baseUrl: 'https://a.example' }),
    );
    expect(fault).toMatchObject({ code: 'conflict', issues: [{ path: 'slug' }] });
  });
});
