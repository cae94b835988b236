import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { createApiVersion } from '../api-versions/create.ts';
import { publishApiVersion } from '../api-versions/publish.ts';
import { setDefinition } from '../api-versions/set-definition.ts';
import { createApi } from '../apis/create.ts';
import type { Context } from '../context.ts';
import { createPlan } from '../plans/create.ts';
import { addProviderKey } from '../provider-keys/add.ts';
import { createProvider } from '../providers/create.ts';
import { faultOf, withModels } from '../test/publisher.ts';
import { createModel } from './create.ts';
import { previewModelRequest } from './preview-request.ts';

const kit = testContext();
afterAll(() => kit.close());

const SECRET = 'sk-ant-0123456789-secret-abcd';
const REQUEST = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello' },
  ],
  temperature: 1.5,
  seed: 7,
  stream: true,
};

async function withTwoMakers(context: Context): Promise<void> {
  await withModels(context);
  await createProvider(context, {
    slug: 'claude',
    name: 'Claude',
    format: 'anthropic',
    baseUrl: 'https://claude.example',
  });
  await addProviderKey(context, { provider: 'claude', label: 'main', secret: SECRET });
  await createModel(context, {
    slug: 'sage',
    provider: 'claude',
    providerModel: 'claude-sonnet-4-5',
    maxOutputTokens: 64000,
    price: { input: '3', output: '15' },
  });
}

describe('the preview of a request', () => {
  it('shows every client’s request, what goes upstream, and what is lost or another there', async () => {
    const { owner } = await kit.tenant();
    await withTwoMakers(owner);
    const told = await previewModelRequest(owner, { model: 'sage', request: REQUEST });
    const { clients, upstreams } = told;
    expect(clients.map(({ protocol, url }) => [protocol, new URL(url).pathname])).toEqual([
      ['openai_chat', '/v1/chat/completions'],
      ['openai_responses', '/v1/responses'],
      ['anthropic', '/v1/messages'],
      ['gemini', '/v1beta/models/sage:streamGenerateContent'],
    ]);
    expect(JSON.parse(clients[0]?.body ?? '')).toMatchObject({ model: 'sage', temperature: 1.5, seed: 7 });
    expect(upstreams).toHaveLength(1);
    const [upstream] = upstreams;
    expect(upstream).toMatchObject({
      model: 'sage',
      provider: { slug: 'claude' },
      providerModel: 'claude-sonnet-4-5',
      format: 'anthropic',
    });
    const fromChat = upstream?.sent[0];
    expect(fromChat).toMatchObject({ problem: null, passes: false, url: 'https://claude.example/v1/messages' });
    expect(fromChat?.headers).toContainEqual({ name: 'x-api-key', value: '(the provider’s key)' });
    expect(fromChat?.losses.map(({ field }) => field).sort()).toEqual(['seed', 'temperature']);
    expect(fromChat?.differences).toEqual(
      expect.arrayContaining([
        { field: 'model', from: '"sage"', to: '"claude-sonnet-4-5"' },
        { field: 'max_tokens', from: null, to: '64000' },
        { field: 'temperature', from: '1.5', to: '1' },
        { field: 'seed', from: '7', to: null },
      ]),
    );
    expect(JSON.parse(fromChat?.body ?? '')).toMatchObject({ model: 'claude-sonnet-4-5', temperature: 1 });
    const fromAnthropic = upstream?.sent.find(({ protocol }) => protocol === 'anthropic');
    expect(fromAnthropic).toMatchObject({
      passes: true,
      differences: [{ field: 'model', from: '"sage"', to: '"claude-sonnet-4-5"' }],
    });
    expect(JSON.stringify(told)).not.toContain(SECRET);
  });

  it('shows every model behind a name that an API routes', async () => {
    const { owner } = await kit.tenant();
    await withTwoMakers(owner);
    await createApi(owner, { slug: 'chat', name: 'Chat', kind: 'llm' });
    await createPlan(owner, { api: 'chat', slug: 'free', name: 'Free' });
    await createApiVersion(owner, { api: 'chat' });
    const routed = { aliases: [{ name: 'smart', targets: [{ model: 'sage' }, { model: 'swift' }] }] };
    await setDefinition(owner, {
      api: 'chat',
      version: 'v1',
      definition: { kind: 'llm', models: ['sage', 'swift'], policies: { modelRouting: routed } },
    });
    const targets = async (): Promise<string[]> =>
      (await previewModelRequest(owner, { model: 'smart', request: REQUEST })).upstreams.map(({ model }) => model);
    expect(await targets()).toEqual([]);
    await publishApiVersion(owner, { api: 'chat', version: 'v1' });
    expect(await targets()).toEqual(['sage', 'swift']);
  });

  it('keeps providers from those who may not see them, and from other tenants', async () => {
    const { owner } = await kit.tenant();
    await withTwoMakers(owner);
    const developer = { ...owner, permissions: new Set(['applications.read'] as const) };
    const asked = { model: 'sage', request: REQUEST };
    expect(await previewModelRequest(developer, asked)).toMatchObject({ upstreams: [] });
    const other = (await kit.tenant()).owner;
    const told = await previewModelRequest(other, asked);
    expect(told.clients).toHaveLength(4);
    expect(told.upstreams).toEqual([]);
  });

  it('says which field of a conversation is wrong', async () => {
    const { owner } = await kit.tenant();
    const fault = await faultOf(
      previewModelRequest(owner, { model: 'm', request: { messages: [{ role: 'nobody', content: 'x' }] } }),
    );
    expect(fault).toMatchObject({ code: 'invalid_input', issues: [{ path: 'request.messages[0].role' }] });
    expect((await faultOf(previewModelRequest(owner, { model: 'm', request: {} }))).code).toBe('invalid_input');
  });
});
