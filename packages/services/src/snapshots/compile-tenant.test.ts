import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import { open, openDataKey } from '@parley/kernel/seal';
import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { deprecateApiVersion } from '../api-versions/deprecate.ts';
import { publishApiVersion } from '../api-versions/publish.ts';
import { setDefinition } from '../api-versions/set-definition.ts';
import { createModel } from '../models/create.ts';
import { disableModel } from '../models/disable.ts';
import { archivePlan } from '../plans/archive.ts';
import { setPlanPrice } from '../plans/set-price.ts';
import { savePromptVersion } from '../prompts/save-version.ts';
import { createProvider } from '../providers/create.ts';
import { GREETING, withPromptApi, withRestDraft } from '../test/publisher.ts';
import { compileTenantSnapshot } from './compile-tenant.ts';

const kit = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
afterAll(() => Promise.all([kit.close(), worker.close()]));

const compile = (tenantId: string, version = 7) =>
  worker.within({}, (tx) => compileTenantSnapshot(tx, tenantId, version));

describe('the snapshot of a tenant', () => {
  it('holds what the gateway serves, whole and in a fixed form, and nothing of other tenants', async () => {
    const tenant = await kit.tenant();
    await withPromptApi((await kit.tenant()).owner);
    await withPromptApi(tenant.owner);
    const snapshot = await compile(tenant.tenantId);
    if (!snapshot) throw new Error('no snapshot');
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(snapshot).toEqual({
      version: 7,
      tenantId: tenant.tenantId,
      hosts: [],
      slug: tenant.slug,
      timeZone: 'UTC',
      sealedDataKey: expect.stringMatching(/^v1\./),
      upstreams: [],
      providers: [
        {
          id: uuid,
          slug: 'simulator',
          kind: 'openai_compatible',
          baseUrl: 'http://127.0.0.1:9/v1',
          timeouts: { connectMs: 5000, headersMs: 60_000, totalMs: 600_000 },
          keys: [{ id: uuid, sealed: expect.stringMatching(/^v1\./), weight: 1 }],
          preset: null,
          settings: {},
        },
      ],
      formattedProviders: [],
      models: [
        {
          id: uuid,
          slug: 'swift',
          providerId: snapshot.providers[0]?.id,
          providerModel: 'sim-small',
          contextTokens: null,
          maxOutputTokens: null,
          capabilities: ['chat'],
          createdAtMs: expect.any(Number),
          prices: [
            {
              id: uuid,
              currency: 'USD',
              effectiveFromMs: expect.any(Number),
              inputPerMillion: '2500000000',
              cachedInputPerMillion: '1250000000',
              outputPerMillion: '10000000000',
              reasoningPerMillion: '10000000000',
              perRequest: '0',
            },
          ],
        },
      ],
      apis: [
        {
          id: uuid,
          slug: 'greet',
          name: 'Greet',
          maxBodyBytes: 1_048_576,
          versions: [
            {
              id: uuid,
              version: 'v1',
              state: 'published',
              deprecatedAtMs: null,
              sunsetAtMs: null,
              target: { kind: 'prompt', promptVersionId: uuid, definition: GREETING },
            },
          ],
          plans: [{ id: uuid, slug: 'free', limits: [{ requests: 10, windowSeconds: 60 }] }],
        },
      ],
    });
    const dataKey = openDataKey(kit.settings.masterKey, snapshot.sealedDataKey, tenant.tenantId);
    expect(open(dataKey, snapshot.providers[0]?.keys[0]?.sealed ?? '', 'provider_key')).toBe(
      'sim-0123456789-secret-abcd',
    );
  });

  it('leaves drafts, disabled models and disabled keys out, and follows publication and deprecation', async () => {
    const tenant = await kit.tenant();
    await withRestDraft(tenant.owner);
    expect((await compile(tenant.tenantId))?.apis).toEqual([]);
    const at = { api: 'orders', version: 'v1' };
    await publishApiVersion(tenant.owner, at);
    const sunsetAt = new Date(Date.now() + 86_400_000).toISOString();
    await deprecateApiVersion(tenant.owner, { ...at, sunsetAt });
    const version = (await compile(tenant.tenantId))?.apis[0]?.versions[0];
    expect(version).toMatchObject({ state: 'deprecated', sunsetAtMs: Date.parse(sunsetAt) });
    expect(version?.target).toMatchObject({
      kind: 'rest',
      routes: [
        { method: 'GET', path: '/orders/{id}', upstreamPath: null },
        { method: 'POST', path: '/orders', upstreamPath: '/v2/orders' },
      ],
    });
  });

  it('serves the prompt version a revision points at, not the latest saved', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withPromptApi(owner);
    const newer = { ...GREETING, messages: [{ role: 'user' as const, text: 'Say goodbye to {{name}}.' }] };
    await savePromptVersion(owner, { prompt: 'greeting', definition: newer });
    const served = async () => {
      const target = (await compile(tenantId))?.apis[0]?.versions[0]?.target;
      return target?.kind === 'prompt' ? target.definition.messages[0]?.text : null;
    };
    expect(await served()).toBe('Greet {{name}}.');
    await setDefinition(owner, { api: 'greet', version: 'v1', definition: { kind: 'prompt', prompt: 'greeting' } });
    expect(await served()).toBe('Say goodbye to {{name}}.');
  });

  it('keeps an archived plan exactly as long as somebody is on it', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withPromptApi(owner);
    await createModel(owner, { slug: 'gone', provider: 'simulator', providerModel: 'x' });
    await disableModel(owner, { model: 'gone' });
    await archivePlan(owner, { api: 'greet', plan: 'free' });
    const before = await compile(tenantId);
    expect(before?.apis[0]?.plans).toEqual([]);
    expect(before?.models.map((model) => model.slug)).toEqual(['swift']);
    await kit.db.within({ tenantId }, async (tx) => {
      const plan = await tx.plan.findFirstOrThrow({ where: { tenantId } });
      const application = await tx.application.create({ data: { tenantId, id: newId(), slug: 'app', name: 'App' } });
      await tx.subscription.create({
        data: {
          tenantId,
          id: newId(),
          apiId: plan.apiId,
          planId: plan.id,
          consumerTenantId: tenantId,
          applicationId: application.id,
          state: 'approved',
        },
      });
    });
    expect((await compile(tenantId))?.apis[0]?.plans.map((plan) => plan.slug)).toEqual(['free']);
  });

  it('says which APIs have plans that are paid from credit, once and for all', async () => {
    const { owner, tenantId } = await kit.tenant();
    await withPromptApi(owner);
    const prepaid = async () => (await compile(tenantId))?.apis.map((api) => api.prepaid);
    expect(await prepaid()).toEqual([undefined]);
    const rules = [{ id: 'calls', name: 'Calls', meter: 'requests', charge: { kind: 'perUnit', nanoPerMillion: '1' } }];
    const set = (pricing: object) => setPlanPrice(owner, { api: 'greet', plan: 'free', pricing });
    await set({ collection: 'prepaid', rules });
    expect(await prepaid()).toEqual([true]);
    await set({ rules });
    expect(await prepaid()).toEqual([true]);
  });

  it('is null for a tenant that does not exist', async () => {
    expect(await compile(newId())).toBeNull();
  });
});

describe('providers of several formats', () => {
  it('keeps other formats apart, so that a node which does not know them still reads the rest', async () => {
    const { owner, tenantId } = await kit.tenant();
    await createProvider(owner, { slug: 'plain', name: 'Plain', baseUrl: 'https://plain.example/v1' });
    const settings = { region: 'eu-west-1' };
    await createProvider(owner, { slug: 'other', name: 'Other', preset: 'bedrock', settings });
    const snapshot = await compile(tenantId);
    expect(snapshot?.providers.map(({ slug, kind }) => [slug, kind])).toEqual([['plain', 'openai_compatible']]);
    expect(snapshot?.formattedProviders).toMatchObject([
      { slug: 'other', format: 'bedrock', preset: 'bedrock', settings },
    ]);
  });
});
