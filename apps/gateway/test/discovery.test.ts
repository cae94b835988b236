import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { UpstreamOptionsInput } from '@parley/contracts/upstream-options';
import { seal } from '@parley/kernel/seal';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startNameServer, type Zone } from './name-server.ts';
import { publishTenant } from './publish.ts';
import { type Service, serviceAt } from './service.ts';
import { openWorld, type World } from './world.ts';

/** The same port on several loopback addresses, each answering with its address. */
const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const;
const servers: Server[] = [];
const hosts = new Set<string>();
let port = 0;
let world: World;
let names: Awaited<ReturnType<typeof startNameServer>>;
const zones: Record<string, Zone> = { 'orders.test': {}, '_http._tcp.orders.test': {} };

async function listen(
  address: string,
  at: number,
  serve: (request: IncomingMessage, response: ServerResponse) => void,
) {
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(at, address, resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  for (const address of ADDRESSES) {
    port = await listen(address, port, (request, response) => {
      hosts.add(`${request.headers.host}${request.url}`);
      response.end(address);
    });
  }
  names = await startNameServer(zones);
  world = await openWorld({ dnsServers: [names.address] });
});
beforeEach(() => hosts.clear());
afterAll(async () => {
  await world.close();
  await names.close();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const service = (options: UpstreamOptionsInput): Promise<Service> =>
  serviceAt(world, `http://orders.test:${port}/base`, options);

/** Who answers, in order of address. */
async function answering(of: Service, calls = 6): Promise<string> {
  const found = new Set<string>();
  for (let i = 0; i < calls; i++) {
    const reply = await of.call();
    found.add(reply.status === 200 ? await reply.text() : ((await reply.json()) as { code: string }).code);
  }
  return [...found].sort().join(' ');
}
const until = (of: Service, wanted: string): Promise<unknown> =>
  waitFor(`the answers ${wanted}`, async () => (await answering(of)) === wanted || undefined);

describe('by DNS', () => {
  it('calls every address of the name under its name, and follows changes as their time to live ends', async () => {
    zones['orders.test'] = { A: ['127.0.0.1', '127.0.0.2'], AAAA: [] };
    const of = await service({ discovery: { kind: 'dns' } });
    expect(await answering(of)).toBe('127.0.0.1 127.0.0.2');
    expect([...hosts]).toEqual([`orders.test:${port}/base/x`]);
    zones['orders.test'] = { A: ['127.0.0.3'] };
    await until(of, '127.0.0.3');
    delete zones['orders.test'];
    const before = names.asked.length;
    await waitFor('two more rounds', () => names.asked.length >= before + 4 || undefined);
    expect(await answering(of)).toBe('127.0.0.3');
  });

  it('never calls forbidden addresses: left out where others are, refused where they are all', async () => {
    const forbidden: Zone = {
      A: ['169.254.169.254', '100.64.0.1', '10.0.0.1', '192.168.1.1', '0.0.0.0'],
      AAAA: ['::ffff:10.0.0.1', '::ffff:169.254.169.254', 'fe80::1', 'fd00::1', '64:ff9b::a00:1'],
    };
    zones['orders.test'] = { ...forbidden, A: [...(forbidden.A ?? []), '127.0.0.2'] };
    expect(await answering(await service({ discovery: { kind: 'dns' } }), 12)).toBe('127.0.0.2');
    for (const [type, addresses] of Object.entries(forbidden)) {
      for (const address of addresses as string[]) {
        zones['orders.test'] = { [type]: [address] };
        expect(await answering(await service({ discovery: { kind: 'dns' } }), 1), address).toBe(
          'upstream_forbidden_address',
        );
      }
    }
  });

  it('takes ports, weights and priorities of SRV records, and calls the later priority when the first is out', async () => {
    const srv = (priority: number, target: string, weight = 1) => ({ priority, weight, port, target });
    zones['_http._tcp.orders.test'] = { SRV: [srv(10, '127.0.0.1', 3), srv(10, '127.0.0.2'), srv(20, '127.0.0.3')] };
    const options = { kind: 'dnsSrv', name: '_http._tcp.orders.test', refreshSeconds: 1 } as const;
    const of = await service({ discovery: options });
    const counts = new Map<string, number>();
    for (let i = 0; i < 8; i++) {
      const text = await (await of.call()).text();
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({ '127.0.0.1': 6, '127.0.0.2': 2 });
    zones['_http._tcp.orders.test'] = { SRV: [srv(10, '127.0.0.9'), srv(20, '127.0.0.3')] };
    const failing = await service({
      discovery: options,
      passiveHealth: { consecutiveFailures: 1, ejectSeconds: 60 },
    });
    await until(failing, '127.0.0.3');
  });

  it('says that no target is healthy when the name does not exist', async () => {
    delete zones['orders.test'];
    expect(await answering(await service({ discovery: { kind: 'dns' } }), 1)).toBe('upstream_unhealthy');
  });
});

describe('by Consul', () => {
  it('asks by blocking queries with its token, and follows what they answer', async () => {
    let index = 40;
    let addresses = ['127.0.0.1'];
    const waiting: (() => void)[] = [];
    const asked: string[] = [];
    const answer = (response: ServerResponse): void => {
      response.setHeader('x-consul-index', String(index));
      response.setHeader('content-type', 'application/json');
      const entries = addresses.map((address, at) => ({
        Node: { Node: `n${at}`, Address: at === 0 ? address : '192.0.2.1' },
        Service: {
          ID: `orders-${at}`,
          Service: 'orders',
          Address: at === 0 ? '' : address,
          Port: port,
          Weights: { Passing: at + 1, Warning: 1 },
        },
        Checks: [{ Status: 'passing' }],
      }));
      response.end(JSON.stringify(entries));
    };
    const consul = await listen('127.0.0.1', 0, (request, response) => {
      asked.push(request.url ?? '');
      if (request.headers['x-consul-token'] !== 'consul-secret') {
        response.statusCode = 403;
        response.end('Permission denied');
      } else if (new URL(request.url ?? '', 'http://x').searchParams.get('index') === String(index)) {
        waiting.push(() => answer(response));
      } else answer(response);
    });
    const of = await service({
      discovery: { kind: 'consul', url: `http://127.0.0.1:${consul}/`, service: 'orders', tag: 'live' },
    });
    expect(await answering(of, 1)).toBe('upstream_unhealthy');
    const [upstream] = of.pub.doc.upstreams;
    if (upstream) upstream.discoveryToken = seal(of.pub.dataKey, 'consul-secret', 'upstream_discovery');
    of.pub.doc.version++;
    await publishTenant(world.redis, of.pub.doc);
    await until(of, '127.0.0.1');
    expect(asked).toContain('/v1/health/service/orders?passing=true&tag=live');
    await waitFor('the blocking query', () => waiting.length === 1 || undefined);
    expect(asked.at(-1)).toBe('/v1/health/service/orders?passing=true&tag=live&index=40&wait=55s');
    index = 41;
    addresses = ['127.0.0.2', '127.0.0.3'];
    waiting[0]?.();
    await until(of, '127.0.0.2 127.0.0.3');
    addresses = [];
    index = 3;
    await waitFor('the next query', () => waiting.length === 2 || undefined);
    waiting[1]?.();
    await until(of, 'upstream_unhealthy');
    expect(asked.filter((url) => !url.includes('index=')).length).toBeGreaterThan(1);
  });
});

describe('by Kubernetes', () => {
  const slice = (name: string, resourceVersion: string, endpoints: readonly [string, boolean | null][]) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, resourceVersion, labels: { 'kubernetes.io/service-name': 'orders' } },
    addressType: 'IPv4',
    ports: [
      { name: 'metrics', port: 9, protocol: 'TCP' },
      { name: 'http', port, protocol: 'TCP' },
    ],
    endpoints: endpoints.map(([address, ready]) => ({
      addresses: [address],
      conditions: ready === null ? {} : { ready, serving: ready, terminating: false },
    })),
  });

  it('lists, watches on from there, and lists again when its version is too old', async () => {
    const asked: string[] = [];
    const watches: ServerResponse[] = [];
    let listed = {
      version: '100',
      items: [
        slice('a', '90', [
          ['127.0.0.1', true],
          ['127.0.0.3', false],
        ]),
      ],
    };
    const cluster = await listen('127.0.0.1', 0, (request, response) => {
      asked.push(request.url ?? '');
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      if (request.headers.authorization !== 'Bearer cluster-secret') response.statusCode = 401;
      else if (pathname !== '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices') response.statusCode = 404;
      else if (searchParams.get('watch') === '1') {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.flushHeaders();
        watches.push(response);
        return;
      }
      const { version, items } = listed;
      response.end(JSON.stringify({ kind: 'EndpointSliceList', metadata: { resourceVersion: version }, items }));
    });
    const of = await service({
      discovery: {
        kind: 'kubernetes',
        url: `http://127.0.0.1:${cluster}`,
        namespace: 'shop',
        service: 'orders',
        port: 'http',
      },
    });
    const [upstream] = of.pub.doc.upstreams;
    if (upstream) upstream.discoveryToken = seal(of.pub.dataKey, 'cluster-secret', 'upstream_discovery');
    of.pub.doc.version++;
    await publishTenant(world.redis, of.pub.doc);
    await until(of, '127.0.0.1');
    expect(asked).toContain(
      '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dorders',
    );
    const watch = await waitFor('the watch', () => watches[0]);
    expect(asked.at(-1)).toMatch(/watch=1&allowWatchBookmarks=true&resourceVersion=100&timeoutSeconds=240$/);

    const event = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;
    const added = event('ADDED', slice('b', '101', [['127.0.0.2', null]]));
    // Events arrive in any pieces.
    watch.write(added.slice(0, 30));
    watch.write(added.slice(30));
    await until(of, '127.0.0.1 127.0.0.2');
    watch.write(event('MODIFIED', slice('b', '102', [['127.0.0.3', true]])) + event('DELETED', slice('a', '103', [])));
    await until(of, '127.0.0.3');
    watch.write(event('BOOKMARK', { kind: 'EndpointSlice', metadata: { resourceVersion: '200' } }));
    watch.end();
    await waitFor('the second watch', () => watches[1]);
    expect(asked.at(-1)).toContain('resourceVersion=200');

    listed = { version: '300', items: [slice('c', '299', [['127.0.0.2', true]])] };
    watches[1]?.end(
      event('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' }),
    );
    await until(of, '127.0.0.2');
    await waitFor('the third watch', () => watches[2]);
    expect(asked.at(-1)).toContain('resourceVersion=300');
  });
});

it('does not ask a registry at a forbidden address', async () => {
  let asked = 0;
  const registry = await listen('127.0.0.1', 0, (_, response) => {
    asked++;
    response.end('[]');
  });
  const guarded = await openWorld({ allowedPrivate: [] });
  const of = await serviceAt(guarded, 'http://orders.test', {
    discovery: { kind: 'consul', url: `http://127.0.0.1:${registry}`, service: 'orders' },
  });
  expect([await answering(of, 1), asked]).toEqual(['upstream_unhealthy', 0]);
  await guarded.close();
});
