import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { testContext } from '@parley/testkit/context';
import { startSimulator } from '@parley/testkit/simulator/start';
import { afterAll, describe, expect, it } from 'vitest';
import { createModel } from '../models/create.ts';
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

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const account = {
  type: 'service_account',
  project_id: 'p',
  client_email: 'gateway@p.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  token_uri: 'https://oauth2.googleapis.com/token',
};

describe('keys of formats', () => {
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
    const unreadable = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n';
    const wrong = [
      'AIza-plain-key',
      '{',
      JSON.stringify({ ...account, type: 'user' }),
      JSON.stringify({ ...account, private_key: unreadable }),
      JSON.stringify({ ...account, token_uri: 'http://169.254.169.254/token' }),
    ];
    for (const secret of wrong) {
      const fault = await faultOf(add(secret));
      expect(fault.issues?.map(({ path }) => path)).toEqual(['secret']);
      expect(JSON.stringify(fault.issues)).not.toContain('MII');
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

  it('asks Vertex AI with a token for its service account: for its models, and once one is known for a word of it', async () => {
    const simulator = await startSimulator({});
    const { owner } = await kit.tenant();
    const settings = { project: 'demo', region: 'europe-west4' };
    await createProvider(owner, { slug: 'v', name: 'V', format: 'vertex', settings, baseUrl: `${simulator.url}/v1` });
    const secret = JSON.stringify({ ...account, token_uri: `${simulator.url}/token` });
    await addProviderKey(owner, { provider: 'v', label: 'main', secret });
    const listed = await testProvider(owner, { provider: 'v' });
    await createModel(owner, {
      slug: 'small',
      name: 'Small',
      provider: 'v',
      providerModel: 'sim-small',
      price: { input: '1', output: '1' },
    });
    const talked = await testProvider(owner, { provider: 'v' });
    const asked = simulator.requests().map(({ path }) => path);
    await simulator.close();
    expect(listed).toMatchObject({ ok: true, models: expect.arrayContaining(['sim-small']) });
    expect(talked).toMatchObject({ ok: true, sentence: expect.stringContaining('short chat with sim-small') });
    // Newest first; the token is got once.
    expect(asked).toEqual([
      '/v1/projects/demo/locations/europe-west4/publishers/google/models/sim-small:generateContent',
      '/v1beta1/publishers/google/models?pageSize=200',
      '/v1beta1/publishers/google/models?pageSize=200',
      '/token',
    ]);
  });

  it('says in words that a service account gets no token', async () => {
    const server = http.createServer((_request, response) => response.writeHead(400).end('{"error":"invalid_grant"}'));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { owner } = await kit.tenant();
    const settings = { project: 'p', region: 'global' };
    await createProvider(owner, { slug: 'v', name: 'V', format: 'vertex', settings, baseUrl: `${url}/v1` });
    const secret = JSON.stringify({ ...account, token_uri: `${url}/token` });
    await addProviderKey(owner, { provider: 'v', label: 'main', secret });
    const outcome = await testProvider(owner, { provider: 'v' });
    await new Promise((closed) => server.close(closed));
    expect(outcome).toMatchObject({ ok: false, sentence: expect.stringContaining('service account (400)') });
  });

  it('says so where there is nothing to ask yet', async () => {
    const { owner } = await kit.tenant();
    await createProvider(owner, { slug: 'b', name: 'B', preset: 'bedrock', settings: { region: 'eu-west-1' } });
    expect(await testProvider(owner, { provider: 'b' })).toMatchObject({ ok: false, status: null });
  });
});
