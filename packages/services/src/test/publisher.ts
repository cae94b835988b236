import type { PromptDefinition } from '@parley/contracts/snapshot';
import type { TestTenant } from '@parley/testkit/context';
import { createApiVersion } from '../api-versions/create.ts';
import { publishApiVersion } from '../api-versions/publish.ts';
import { setDefinition } from '../api-versions/set-definition.ts';
import { createApi } from '../apis/create.ts';
import type { Context } from '../context.ts';
import { createModel } from '../models/create.ts';
import { createPlan } from '../plans/create.ts';
import { createPrompt } from '../prompts/create.ts';
import { addProviderKey } from '../provider-keys/add.ts';
import { createProvider } from '../providers/create.ts';
import { createUpstream } from '../upstreams/create.ts';

export const GREETING: PromptDefinition = {
  model: 'swift',
  messages: [{ role: 'user', text: 'Greet {{name}}.' }],
  variables: [{ name: 'name', type: 'string', description: 'Who is greeted', required: true }],
  settings: { temperature: 0.2 },
  output: { kind: 'text' },
};

/** A provider with a key and one priced model, `swift`. */
export async function withModels(context: Context, baseUrl = 'http://127.0.0.1:9/v1'): Promise<void> {
  await createProvider(context, { slug: 'simulator', name: 'Simulator', baseUrl });
  await addProviderKey(context, { provider: 'simulator', label: 'main', secret: 'sim-0123456789-secret-abcd' });
  await createModel(context, {
    slug: 'swift',
    provider: 'simulator',
    providerModel: 'sim-small',
    price: { input: '2.50', output: '10', cachedInput: '1.25' },
  });
}

/** A published prompt API `greet` with the plan `free`, on `withModels`. */
export async function withPromptApi(context: Context): Promise<void> {
  await withModels(context);
  await createPrompt(context, { slug: 'greeting', name: 'Greeting', definition: GREETING });
  await createApi(context, { slug: 'greet', name: 'Greet', kind: 'prompt', visibility: 'public' });
  await createPlan(context, {
    api: 'greet',
    slug: 'free',
    name: 'Free',
    approval: 'auto',
    limits: [{ requests: 10, windowSeconds: 60 }],
  });
  await createApiVersion(context, { api: 'greet' });
  await setDefinition(context, {
    api: 'greet',
    version: 'v1',
    definition: { kind: 'prompt', prompt: 'greeting' },
  });
  await publishApiVersion(context, { api: 'greet', version: 'v1' });
}

/** A draft REST API `orders` with two routes to the upstream `shop`, and the plan `free`. */
export async function withRestDraft(context: Context): Promise<void> {
  await createUpstream(context, { slug: 'shop', name: 'Shop', baseUrl: 'http://127.0.0.1:9/shop' });
  await createApi(context, { slug: 'orders', name: 'Orders', kind: 'rest' });
  await createPlan(context, { api: 'orders', slug: 'free', name: 'Free' });
  await createApiVersion(context, { api: 'orders' });
  await setDefinition(context, {
    api: 'orders',
    version: 'v1',
    definition: {
      kind: 'rest',
      routes: [
        { method: 'GET', path: '/orders/{id}', upstream: 'shop' },
        { method: 'POST', path: '/orders', upstream: 'shop', upstreamPath: '/v2/orders', summary: 'Place an order' },
      ],
    },
  });
}

/** The fault a call ends with; fails when it does not end with one. */
export async function faultOf(
  call: Promise<unknown>,
): Promise<{ code: string; message: string; issues: { path: string; message: string }[] }> {
  const error = await call.then(
    () => {
      throw new Error('the call was expected to be refused');
    },
    (caught: unknown) => caught,
  );
  if (error instanceof Error && error.name === 'Fault' && 'code' in error && 'issues' in error) {
    return error as unknown as { code: string; message: string; issues: { path: string; message: string }[] };
  }
  throw error;
}

/** Topics of what a tenant's verbs announced so far, oldest first. */
export async function announced(tenant: TestTenant): Promise<{ topic: string; payload: unknown }[]> {
  return tenant.owner.db.within({ tenantId: tenant.tenantId }, (tx) =>
    tx.outboxEntry.findMany({
      where: { tenantId: tenant.tenantId },
      orderBy: { id: 'asc' },
      select: { topic: true, payload: true },
    }),
  );
}
