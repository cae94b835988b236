import { WEBHOOK_SECRET } from '@parley/contracts/deliveries';
import type { PoliciesInput } from '@parley/contracts/policies';
import { policiesSchema } from '@parley/contracts/policies';
import type { ApplicationSnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { newDataKey, parseMasterKey, seal } from '@parley/kernel/seal';
import { newWebhookSecret } from '@parley/kernel/standard-webhooks';
import { waitFor } from '@parley/testkit/wait-for';
import {
  api,
  apiKey,
  application,
  formatted,
  MASTER_KEY,
  model,
  PROMPT,
  provider,
  publisher,
  subscription,
} from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import type { World } from './world.ts';

export interface JobBody {
  readonly id: string;
  readonly status: string;
  readonly url: string;
  readonly result_url: string | null;
  readonly answer: { readonly status: number; readonly code: string | null } | null;
  readonly progress: { readonly tries: number };
}

export interface BackgroundLab {
  readonly backend: UpstreamServer;
  readonly slug: string;
  /** Keys of two applications. */
  readonly key: string;
  readonly other: string;
  /** Of the first, to be published anew. */
  readonly app: ApplicationSnapshot;
  call(url: string, path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  get(url: string, path: string, more?: RequestInit & { readonly key?: string }): Promise<Response>;
  /** The job once it stands like this. */
  until(url: string, path: string, status: string): Promise<JobBody>;
  close(): Promise<void>;
}

/** A publisher with a model API and a prompt, and two applications, published for the gateways of a world. */
export async function openBackgroundLab(world: World, policies: PoliciesInput = {}): Promise<BackgroundLab> {
  const backend = await startUpstream((_received, response) => sendJson(response, 200, completion()));
  const slug = `bg-${newId().slice(-8)}`;
  const lab = publisher(slug);
  const target = provider(lab, `${backend.url}/v1`);
  for (const name of ['fast', 'slow']) model(lab, target.id, name);
  model(lab, formatted(lab, 'openai_responses', `${backend.url}/v1`).id, 'responder');
  const llm = api(lab, 'models', { kind: 'llm', models: ['fast', 'slow', 'responder'] });
  const prompt = api(lab, 'prompt', { kind: 'prompt', promptVersionId: newId(), definition: PROMPT });
  const tight = api(lab, 'tight', { kind: 'llm', models: ['fast'] }, [{ requests: 1, windowSeconds: 3600 }]);
  const parsed = policiesSchema.parse(policies);
  for (const { versions } of [llm, prompt]) for (const version of versions) version.policies = parsed;
  const keys = [apiKey(), apiKey()] as const;
  const subscriptions = [llm, prompt, tight].map((one) => subscription(lab, one));
  const own = application(subscriptions, [keys[0].entry]);
  const { dataKey, sealed: sealedDataKey } = newDataKey(parseMasterKey(MASTER_KEY), own.tenantId);
  const sealed = seal(dataKey, newWebhookSecret(), WEBHOOK_SECRET);
  const app = { ...own, sealedDataKey, webhookSecrets: [{ id: newId(), name: 'callback', sealed, expiresAtMs: null }] };
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, app);
  await publishApplication(world.redis, application([subscription(lab, llm)], [keys[1].entry]));
  const key = keys[0].secret;
  const get: BackgroundLab['get'] = (url, path, { key: shown, ...more } = {}) =>
    fetch(url + path, { ...more, headers: { authorization: `Bearer ${shown ?? key}` } });
  return {
    backend,
    slug,
    key,
    other: keys[1].secret,
    app,
    get,
    call: (url, path, body, headers = { prefer: 'respond-async' }) =>
      fetch(url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    until: (url, path, status) =>
      waitFor(`${path} to be ${status}`, async () => {
        const job = (await (await get(url, path)).json()) as JobBody;
        return job.status === status ? job : null;
      }),
    close: () => backend.close(),
  };
}
