import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, publisher, subscription, UPSTREAM_SECRET, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
const servers: Record<string, UpstreamServer> = {};
let base: string;
let secret: string;

type Split = PoliciesInput['split'];
const two = (stable: number, more: object = {}): Split => ({
  variants: [
    { name: 'stable', upstream: 'blue', weight: stable },
    { name: 'next', upstream: 'green', weight: 10_000 - stable },
  ],
  ...more,
});
const preview = { in: 'header' as const, name: 'x-preview', test: 'exists' as const };
const SPLITS: Readonly<Record<string, Split>> = {
  blue: two(10_000),
  green: two(0),
  even: two(5000),
  header: two(5000, { by: { on: 'header', name: 'X-User' } }),
  parameter: two(5000, { by: { on: 'pathParameter', name: 'id' } }),
  application: two(5000, { by: { on: 'application' } }),
  ruled: two(10_000, { conditions: [{ variant: 'next', when: [preview] }] }),
  placed: two(10_000, {
    conditions: [{ variant: 'next', when: [{ in: 'client', name: 'country', test: 'regex', value: '^(AT|DE)$' }] }],
  }),
  gone: { variants: [{ name: 'lost', upstream: 'nowhere', weight: 10_000 }] },
  mirrored: { mirror: { upstream: 'shadow', maxBodyBytes: 1000 } },
  tenth: { mirror: { upstream: 'shadow', share: 1000 } },
  deaf: two(10_000, { mirror: { upstream: 'dead' } }),
  pooled: { mirror: { upstream: 'pool' } },
};

beforeAll(async () => {
  world = await openWorld({ trustedProxies: ['127.0.0.1/32'], countryHeader: 'x-country' });
  for (const name of ['blue', 'green', 'shadow']) {
    servers[name] = await startUpstream((_, response) => sendJson(response, 200, { name }));
  }
  const pub = publisher(`split-${newId().slice(-8)}`);
  const url = (name: string): string => servers[name]?.url ?? '';
  const blue = upstream(pub, url('blue'), { slug: 'blue' });
  upstream(pub, `${url('green')}/v2`, { slug: 'green', auth: null });
  const auth = { header: 'authorization', sealed: seal(pub.dataKey, 'Bearer shadow-secret', 'upstream_auth') };
  upstream(pub, `${url('shadow')}/copy`, { slug: 'shadow', auth });
  upstream(pub, 'http://127.0.0.1:9', { slug: 'dead' });
  upstream(pub, `${url('shadow')}/pool`, { slug: 'pool', options: { balance: { kind: 'roundRobin' } } });
  const routes = Object.entries(SPLITS).map(([name, split]) => ({
    id: newId(),
    method: '*' as const,
    path: `/${name}/{id}`,
    upstreamId: blue.id,
    upstreamPath: '/at/{id}',
    policies: { split },
  }));
  const rest = api(pub, 'rest', { kind: 'rest', routes });
  const key = apiKey();
  secret = key.secret;
  base = `${world.url}/${pub.doc.slug}/rest/v1`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, rest)], [key.entry]));
});
beforeEach(() => {
  for (const server of Object.values(servers)) server.received.length = 0;
});
afterAll(async () => {
  await world.close();
  await Promise.all(Object.values(servers).map((server) => server.close()));
});

const call = (path: string, headers: Record<string, string> = {}, body?: string): Promise<Response> =>
  fetch(`${base}${path}`, {
    headers: { 'x-api-key': secret, ...headers },
    ...(body === undefined ? {} : { method: 'POST', body }),
  });
const nameOf = async (path: string, headers: Record<string, string> = {}): Promise<string> =>
  ((await (await call(path, headers)).json()) as { name: string }).name;

describe('a traffic split', () => {
  it('sends all to the variant that has all the weight, with its base path and its credential', async () => {
    const answer = await call('/blue/7?q=1');
    expect(await answer.json()).toEqual({ name: 'blue' });
    expect((await world.event(answer.headers.get('x-request-id'))).variant).toBe('stable');
    expect(servers.blue?.received[0]).toMatchObject({
      url: '/at/7?q=1',
      headers: { 'x-backend-key': UPSTREAM_SECRET },
    });
    expect(await nameOf('/green/7')).toBe('green');
    expect(servers.green?.received[0]?.url).toBe('/v2/at/7');
    expect(servers.green?.received[0]?.headers['x-backend-key']).toBeUndefined();
  });

  it('gives each about its share by chance', async () => {
    const names = await Promise.all(Array.from({ length: 200 }, () => nameOf('/even/1')));
    const blue = names.filter((name) => name === 'blue').length;
    // Six standard deviations to either side.
    expect(blue).toBeGreaterThan(57);
    expect(blue).toBeLessThan(143);
  });

  it('gives the same variant to the same key', async () => {
    const seen = new Set<string>();
    for (let user = 0; user < 20; user++) {
      const key = { 'x-user': `user-${user}` };
      const name = await nameOf('/header/1', key);
      seen.add(name);
      expect([await nameOf('/header/2', key), await nameOf('/header/1', key)]).toEqual([name, name]);
      expect(await nameOf(`/parameter/${user}`)).toBe(await nameOf(`/parameter/${user}`));
    }
    expect([...seen].sort()).toEqual(['blue', 'green']);
    const all = await Promise.all(Array.from({ length: 20 }, () => nameOf('/application/1')));
    expect(new Set(all).size).toBe(1);
  });

  it('asks its rules first', async () => {
    expect(await nameOf('/ruled/1', { 'x-preview': '' })).toBe('green');
    expect(await nameOf('/ruled/1')).toBe('blue');
  });

  it('asks where the call comes from', async () => {
    expect(await nameOf('/placed/1', { 'x-country': 'AT' })).toBe('green');
    expect(await nameOf('/placed/1', { 'x-country': 'FR' })).toBe('blue');
    expect(await nameOf('/placed/1')).toBe('blue');
  });

  it('refuses rather than falling back to the route’s own upstream when a variant has none', async () => {
    const answer = await call('/gone/1');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 'provider_unconfigured' });
    expect(servers.blue?.received).toEqual([]);
  });
});

describe('a mirror', () => {
  const copies = (count: number) =>
    waitFor(`${count} copies`, () => ((servers.shadow?.received.length ?? 0) >= count ? true : undefined));

  it('gets a copy with its own credential and never the first upstream’s; only the call itself is recorded', async () => {
    const answer = await call('/mirrored/7?q=1', { 'x-own': 'yes' }, 'body');
    expect(await answer.json()).toEqual({ name: 'blue' });
    await copies(1);
    const [copy] = servers.shadow?.received ?? [];
    expect(copy).toMatchObject({ method: 'POST', url: '/copy/at/7?q=1' });
    expect(copy?.body.toString()).toBe('body');
    expect(copy?.headers).toMatchObject({
      authorization: 'Bearer shadow-secret',
      'x-own': 'yes',
      'x-parley-mirrored': '1',
    });
    expect(copy?.headers['x-backend-key']).toBeUndefined();
    expect(copy?.headers['x-api-key']).toBeUndefined();
    expect(servers.blue?.received[0]?.headers['x-parley-mirrored']).toBeUndefined();
    // Events come in order: with a later call's, all of this one's are there.
    await world.event((await call('/blue/1')).headers.get('x-request-id'));
    expect(world.events().filter(({ path }) => path.endsWith('/mirrored/7'))).toHaveLength(1);
  });

  it('gets no copy of bodies beyond its bound, nor of bodies that pass through', async () => {
    expect((await call('/mirrored/1', {}, 'x'.repeat(1001))).status).toBe(200);
    expect((await call('/mirrored/2', {}, 'x'.repeat(100_000))).status).toBe(200);
    expect((await call('/mirrored/3')).status).toBe(200);
    await copies(1);
    expect(servers.shadow?.received.map(({ url }) => url)).toEqual(['/copy/at/3']);
  });

  it('gets about its share, and is asked by its targets when it has some', async () => {
    expect((await call('/pooled/1')).status).toBe(200);
    await copies(1);
    expect(servers.shadow?.received[0]?.url).toBe('/pool/at/1');
    for (let i = 0; i < 200; i++) await (await call('/tenth/1')).text();
    expect((await call('/pooled/2')).status).toBe(200);
    await waitFor('the last copy', () => servers.shadow?.received.some(({ url }) => url === '/pool/at/2') || undefined);
    const copied = (servers.shadow?.received.length ?? 0) - 2;
    // Twenty are expected; fewer than 2 or more than 50 would come once in a billion times.
    expect(copied).toBeGreaterThan(1);
    expect(copied).toBeLessThan(50);
  });

  it('that cannot be reached, or never answers, is not noticed by the caller', async () => {
    expect((await call('/deaf/1')).status).toBe(200);
    servers.shadow?.behave(() => {});
    for (let i = 0; i < 150; i++) expect((await call('/mirrored/1')).status).toBe(200);
    servers.shadow?.behave((_, response) => sendJson(response, 200, {}));
    expect((await call('/mirrored/1')).status).toBe(200);
    // Not one more than may be under way at once.
    expect(servers.shadow?.received.length).toBeLessThanOrEqual(128);
  });
});
