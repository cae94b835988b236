import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { addProviderKey } from '../provider-keys/add.ts';
import { faultOf } from '../test/publisher.ts';
import { createProvider } from './create.ts';
import { getProvider } from './get.ts';
import { listProviderPresets } from './list-presets.ts';
import { testProvider } from './test.ts';
import { updateProvider } from './update.ts';

const kit = testContext();
afterAll(() => kit.close());

const issuesOf = async (doing: Promise<unknown>) => (await faultOf(doing)).issues?.map(({ path }) => path);

describe('a provider picked from the table', () => {
  it('brings its format and address along', async () => {
    const { owner } = await kit.tenant();
    const made = await createProvider(owner, { slug: 'anthropic', name: 'Anthropic', preset: 'anthropic' });
    expect(made).toMatchObject({
      format: 'anthropic',
      preset: 'anthropic',
      settings: {},
      baseUrl: 'https://api.anthropic.com',
    });
    expect(await getProvider(owner, { provider: 'anthropic' })).toEqual(made);
  });

  it('has its settings in its address, and follows them until an address of its own is given', async () => {
    const { owner } = await kit.tenant();
    const settings = { region: 'eu-central-1' };
    const made = await createProvider(owner, { slug: 'aws', name: 'AWS', preset: 'bedrock', settings });
    expect(made.baseUrl).toBe('https://bedrock-runtime.eu-central-1.amazonaws.com');
    const moved = await updateProvider(owner, { provider: 'aws', settings: { region: 'us-east-1' } });
    expect(moved.baseUrl).toBe('https://bedrock-runtime.us-east-1.amazonaws.com');
    await updateProvider(owner, { provider: 'aws', baseUrl: 'https://vpce.example' });
    expect(await updateProvider(owner, { provider: 'aws', settings })).toMatchObject({
      baseUrl: 'https://vpce.example',
      settings,
    });
  });

  it('says beside the field what is missing or contradicts itself', async () => {
    const { owner } = await kit.tenant();
    const create = (more: object) => createProvider(owner, { slug: 'x', name: 'X', ...more });
    expect(await issuesOf(create({}))).toEqual(['baseUrl']);
    expect(await issuesOf(create({ preset: 'nobody' }))).toEqual(['preset']);
    expect(await issuesOf(create({ preset: 'groq', format: 'anthropic' }))).toEqual(['format']);
    expect(await issuesOf(create({ preset: 'bedrock' }))).toEqual(['settings.region']);
    expect(
      await issuesOf(create({ format: 'vertex', baseUrl: 'https://v.example', settings: { region: 'x' } })),
    ).toEqual(['settings.project']);
    expect(await issuesOf(create({ preset: 'azure', settings: { account: 'evil.example/' } }))).toEqual([
      'settings.account',
    ]);
    expect(
      await issuesOf(create({ format: 'openai_chat', baseUrl: 'https://x.example', settings: { secret: 's' } })),
    ).toEqual(['settings']);
  });

  it('cannot point at a private address by its settings', async () => {
    const { owner } = await kit.tenant();
    const databricks = { slug: 'd', name: 'D', preset: 'databricks', settings: { account: '169.254.169.254' } };
    expect(await issuesOf(createProvider(owner, databricks))).toEqual(['baseUrl']);
  });

  it('is listed with how many models the catalogue knows there', async () => {
    const { owner } = await kit.tenant();
    const { items } = await listProviderPresets(owner, {});
    expect(items.length).toBeGreaterThan(50);
    expect(items.find(({ id }) => id === 'anthropic')?.modelCount).toBeGreaterThan(5);
  });
});

describe('keys of formats', () => {
  const account = {
    type: 'service_account',
    project_id: 'p',
    client_email: 'gateway@p.iam.gserviceaccount.com',
    private_key: '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n',
    token_uri: 'https://evil.example/token',
  };

  it('take a service account’s file whole, show whose it is, and never quote it in a refusal', async () => {
    const { owner } = await kit.tenant();
    await createProvider(owner, {
      slug: 'v',
      name: 'V',
      preset: 'vertex',
      settings: { project: 'p', region: 'global' },
    });
    const add = (secret: string) => addProviderKey(owner, { provider: 'v', label: `k${secret.length}`, secret });
    expect(await add(JSON.stringify(account, null, 2))).toMatchObject({ masked: account.client_email });
    for (const wrong of ['AIza-plain-key', '{', JSON.stringify({ ...account, type: 'user' })]) {
      const fault = await faultOf(add(wrong));
      expect(fault.issues?.map(({ path }) => path)).toEqual(['secret']);
      expect(JSON.stringify(fault.issues)).not.toContain('MIIE');
    }
  });

  it('take AWS keys as a pair or one Bedrock API key', async () => {
    const { owner } = await kit.tenant();
    await createProvider(owner, { slug: 'b', name: 'B', preset: 'bedrock', settings: { region: 'eu-west-1' } });
    const pair = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
    const key = await addProviderKey(owner, { provider: 'b', label: 'pair', secret: JSON.stringify(pair) });
    expect(key.masked).not.toContain(pair.secretAccessKey.slice(-4));
    await addProviderKey(owner, { provider: 'b', label: 'api', secret: 'bedrock-api-key-0123456789' });
    const half = addProviderKey(owner, {
      provider: 'b',
      label: 'half',
      secret: '{"accessKeyId":"AKIAIOSFODNN7EXAMPLE"}',
    });
    expect(await issuesOf(half)).toEqual(['secret']);
  });
});

describe('trying a provider in its own format', () => {
  it.each([
    ['anthropic', {}, '/v1/models?limit=200', { 'x-api-key': 'k-0123456789abcdef', 'anthropic-version': '2023-06-01' }],
    ['gemini', {}, '/models?pageSize=200', { 'x-goog-api-key': 'k-0123456789abcdef' }],
    ['azure', {}, '/v1/models', { 'api-key': 'k-0123456789abcdef' }],
    ['azure', { apiVersion: '2024-10-21' }, '/models?api-version=2024-10-21', { 'api-key': 'k-0123456789abcdef' }],
    ['cohere', {}, '/models?page_size=200', { authorization: 'Bearer k-0123456789abcdef' }],
  ] as const)('asks %s with %j at %s', async (format, settings, path, headers) => {
    const asked: { url: string | undefined; headers: http.IncomingHttpHeaders }[] = [];
    const server = http.createServer((request, response) => {
      asked.push({ url: request.url, headers: request.headers });
      response.end(JSON.stringify({ models: [{ name: 'models/one' }] }));
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { owner } = await kit.tenant();
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await createProvider(owner, { slug: 'p', name: 'P', format, settings, baseUrl });
    await addProviderKey(owner, { provider: 'p', label: 'main', secret: 'k-0123456789abcdef' });
    const outcome = await testProvider(owner, { provider: 'p' });
    await new Promise((closed) => server.close(closed));
    expect(outcome).toMatchObject({ ok: true, models: ['one'] });
    expect(asked).toMatchObject([{ url: path, headers }]);
  });

  it('says so where calls must be signed', async () => {
    const { owner } = await kit.tenant();
    await createProvider(owner, { slug: 'b', name: 'B', preset: 'bedrock', settings: { region: 'eu-west-1' } });
    expect(await testProvider(owner, { provider: 'b' })).toMatchObject({ ok: false, status: null });
  });
});
