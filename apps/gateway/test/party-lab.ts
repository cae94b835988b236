import type { ApplicationSnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import {
  api,
  apiKey,
  application,
  model,
  PROMPT,
  provider,
  publisher,
  restApi,
  subscription,
  upstream,
} from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

export const GATEWAY_URL = 'https://gateway.test';

/** Parties of most tests: a customer for whom a bot acts. */
export const PARTIES = (slug: string) => [
  { id: 'customer', kind: 'user', role: 'customer' },
  {
    id: 'bot',
    kind: 'agent',
    role: 'assistant',
    permissions: [
      { name: 'see orders', actions: ['api:read'], resources: [`api:${slug}/orders/v1/orders/**`] },
      { actions: ['model:ask'], resources: [`model:${slug}/fast`] },
      { actions: ['prompt:run', 'model:list'], resources: [`api:${slug}/**`] },
    ],
  },
];

export interface Issued {
  readonly party_token: string;
  readonly jti: string;
  readonly expires_in: number;
  readonly state: string;
}

/** What a call has beside its token. */
type CallInit = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> };

export interface PartyLab {
  readonly world: World;
  /** A second node with the same keys and Redis. */
  readonly other: World;
  readonly backend: UpstreamServer;
  readonly slug: string;
  readonly caller: ApplicationSnapshot;
  readonly key: ReturnType<typeof apiKey>;
  /** Of another tenant, subscribed to the same. */
  readonly stranger: ReturnType<typeof apiKey>;
  readonly foreign: ApplicationSnapshot;
  post(path: string, key: string, body: object | URLSearchParams, url?: string): Promise<Response>;
  issue(more?: object, key?: string): Promise<Issued>;
  call(path: string, token: string, more?: CallInit, url?: string): Promise<Response>;
  close(): Promise<void>;
}

/** Two gateways, a publisher with a REST API, a model API and a prompt, and two applications of two tenants. */
export async function openPartyLab(more: { readonly redisUrl?: string } = {}): Promise<PartyLab> {
  const world = await openWorld({ gatewayUrl: GATEWAY_URL, ...more });
  const other = await openWorld({ gatewayUrl: `${GATEWAY_URL}/` });
  const backend = await startUpstream((received, response) =>
    sendJson(response, 200, received.url.includes('completions') ? completion('Hello.') : {}),
  );
  const slug = `party-${newId().slice(-8)}`;
  const pub = publisher(slug);
  const target = upstream(pub, backend.url);
  const source = provider(pub, backend.url);
  for (const name of ['fast', 'large']) model(pub, source.id, name);
  const tight = restApi(pub, 'tight', target.id, [{ requests: 2, windowSeconds: 3600 }]);
  const only = restApi(pub, 'only', target.id);
  for (const version of only.versions) version.policies = { callers: { methods: [{ kind: 'partyToken' }] } };
  const oauth = restApi(pub, 'oauth', target.id);
  for (const version of oauth.versions) version.policies = { callers: { methods: [{ kind: 'oauth2' }] } };
  const scoped = restApi(pub, 'scoped', target.id);
  for (const version of scoped.versions) version.policies = { callers: { scopes: ['a'] } };
  const apis = [
    restApi(pub, 'orders', target.id),
    tight,
    only,
    oauth,
    scoped,
    api(pub, 'llm', { kind: 'llm', models: ['fast', 'large'] }),
    api(pub, 'greet', { kind: 'prompt', promptVersionId: newId(), definition: PROMPT }),
  ];
  restApi(pub, 'unsubscribed', target.id);
  const key = apiKey({ scopes: ['a', 'b'] });
  const stranger = apiKey();
  const caller = application(
    apis.map((one) => subscription(pub, one)),
    [key.entry],
  );
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, caller);
  const foreign = application(
    apis.map((one) => subscription(pub, one)),
    [stranger.entry],
  );
  await publishApplication(world.redis, foreign);

  const post: PartyLab['post'] = (path, secret, body, url = world.url) =>
    fetch(url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${secret}`,
        ...(body instanceof URLSearchParams ? {} : { 'content-type': 'application/json' }),
      },
      body: body instanceof URLSearchParams ? body : JSON.stringify(body),
    });
  return {
    world,
    other,
    backend,
    slug,
    caller,
    key,
    stranger,
    foreign,
    post,
    async issue(more = {}, secret = key.secret) {
      const apiNames = ['orders', 'tight', 'only', 'oauth', 'scoped', 'llm', 'greet'].map((name) => `${slug}/${name}`);
      const asked = { parties: PARTIES(slug), acting: 'bot', on_behalf_of: 'customer', audience: { apis: apiNames } };
      const answer = await post('/v1/party-tokens', secret, { ...asked, ...more });
      if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
      return (await answer.json()) as Issued;
    },
    call: (path, token, more = {}, url = world.url) =>
      fetch(url + path, { ...more, headers: { ...more.headers, authorization: `Bearer ${token}` } }),
    async close() {
      await world.close();
      await other.close();
      await backend.close();
    },
  };
}
