import type { UpstreamOptionsInput } from '@parley/contracts/upstream-options';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publishTenant } from './publish.ts';
import { type Service, serviceAt } from './service.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backends: UpstreamServer[];
beforeAll(async () => {
  world = await openWorld({ trustedProxies: ['127.0.0.1/32'] });
});
afterAll(() => world.close());
beforeEach(async () => {
  backends = await Promise.all(
    ['a', 'b', 'c'].map((name) => startUpstream((_, response) => sendJson(response, 200, name))),
  );
});
afterEach(() => Promise.all(backends.map((one) => one.close())));

const at = (index: number): UpstreamServer => backends[index] as UpstreamServer;
const hostOf = (server: UpstreamServer): string => server.url.slice('http://'.length);

const service = (options: UpstreamOptionsInput | Record<string, unknown>): Promise<Service> =>
  serviceAt(world, `${at(0).url}/base`, options);

async function answers(of: Service, count: number, path?: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const name = await (await of.call(path)).text();
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('targets', () => {
  it('share calls exactly by weight, with the base URL’s path or their own', async () => {
    const of = await service({ targets: [{ url: hostOf(at(1)), weight: 2 }, { url: `${at(2).url}/own/` }] });
    expect(await answers(of, 8, '/orders?page=2')).toEqual({ a: 2, b: 4, c: 2 });
    expect(backends.map((one) => one.received[0]?.url)).toEqual([
      '/base/orders?page=2',
      '/base/orders?page=2',
      '/own/orders?page=2',
    ]);
    expect(at(1).received[0]?.headers.host).toBe(hostOf(at(1)));
  });

  it('can leave the base URL out', async () => {
    const of = await service({ targets: [{ url: at(1).url }], baseWeight: 0 });
    expect(await answers(of, 3)).toEqual({ b: 3 });
  });

  it('are refused to a node that does not know one of the options', async () => {
    const of = await service({ quantumBalance: true });
    const reply = await of.call();
    expect([reply.status, at(0).received.length]).toEqual([503, 0]);
  });

  it('in forbidden ranges are not called, whatever the spelling', async () => {
    const addresses = ['[::ffff:10.0.0.1]:80', '100.64.0.1:80', '169.254.169.254:80', '[fe80::1]:80', '192.168.0.1:80'];
    for (const url of addresses) {
      const of = await service({ targets: [{ url }], baseWeight: 0 });
      const reply = await of.call();
      expect([reply.status, ((await reply.json()) as { code: string }).code], url).toEqual([
        502,
        'upstream_forbidden_address',
      ]);
    }
  });
});

describe('balancing', () => {
  it('by path parameter, header, address and application keeps equal keys together', async () => {
    const targets = [{ url: at(1).url }, { url: at(2).url }];
    const byUser = await service({ targets, balance: { kind: 'hash', on: 'pathParameter', name: 'user' } });
    const seen = new Set<string>();
    for (let user = 0; user < 30; user++) {
      const counts = Object.entries(await answers(byUser, 2, `/users/${user}`));
      expect(counts, `user ${user}`).toHaveLength(1);
      seen.add(counts[0]?.[0] ?? '');
    }
    expect([...seen].sort()).toEqual(['a', 'b', 'c']);

    const byHeader = await service({ targets, balance: { kind: 'hash', on: 'header', name: 'X-Session' } });
    const byAddress = await service({ targets, balance: { kind: 'hash', on: 'clientAddress' } });
    for (const [of, header] of [
      [byHeader, 'x-session'],
      [byAddress, 'x-forwarded-for'],
    ] as const) {
      const names = new Map<string, Set<string>>();
      for (let i = 0; i < 40; i++) {
        const value = `192.0.2.${i % 20}`;
        const name = await (await of.call('/x', { headers: { [header]: value } })).text();
        names.set(value, (names.get(value) ?? new Set()).add(name));
      }
      expect(
        [...names.values()].every((set) => set.size === 1),
        header,
      ).toBe(true);
      expect(new Set([...names.values()].flatMap((set) => [...set])).size, header).toBe(3);
    }
    const byApplication = await service({ targets, balance: { kind: 'hash', on: 'application' } });
    expect(Object.keys(await answers(byApplication, 6))).toHaveLength(1);
  });

  it('sticks to the target of the cookie, and keeps the cookie from the upstream', async () => {
    const of = await service({ targets: [{ url: at(1).url }, { url: at(2).url }], balance: { kind: 'sticky' } });
    const first = await of.call();
    const name = await first.text();
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^parley_target=[0-9a-f]{16}$/);
    for (let i = 0; i < 5; i++) {
      const again = await of.call('/x', { headers: { cookie } });
      expect([await again.text(), again.headers.get('set-cookie')]).toEqual([name, null]);
    }
    expect(backends.flatMap((one) => one.received).every(({ headers }) => headers.cookie === undefined)).toBe(true);
  });

  it('prefers the target that answers faster', async () => {
    at(0).behave((_, response) => void setTimeout(() => sendJson(response, 200, 'a'), 300));
    const of = await service({ targets: [{ url: at(1).url }], balance: { kind: 'latency' } });
    const counts = await answers(of, 20);
    expect(counts.a ?? 0).toBeLessThan(6);
  });

  it('gives the next call to the target with the fewest running ones', async () => {
    const held: (() => void)[] = [];
    at(0).behave((_, response) => void held.push(() => sendJson(response, 200, 'a')));
    const of = await service({ targets: [{ url: at(1).url }], balance: { kind: 'leastConnections' } });
    const slow = of.call();
    await waitFor('the slow call to arrive', () => held.length === 1 || undefined);
    expect(await answers(of, 4)).toEqual({ b: 4 });
    held[0]?.();
    expect(await (await slow).text()).toBe('a');
  });
});

describe('a sick target', () => {
  it('is left out after its failures and returns after its recovery', async () => {
    at(0).behave((_, response) => sendJson(response, 500, 'sick'));
    const of = await service({
      targets: [{ url: at(1).url }],
      passiveHealth: { consecutiveFailures: 2, ejectSeconds: 1 },
    });
    expect(await answers(of, 4)).toEqual({ sick: 2, b: 2 });
    expect(await answers(of, 6)).toEqual({ b: 6 });
    at(0).behave((_, response) => sendJson(response, 200, 'a'));
    await waitFor('the target to return', async () => (await (await of.call()).text()) === 'a' || undefined);
    expect(await answers(of, 4)).toEqual({ a: 2, b: 2 });
  });

  it('that cannot be reached costs no call: what was not sent goes to another, a POST too, as one event', async () => {
    const dead = await startUpstream(() => {});
    const { url } = dead;
    await dead.close();
    const of = await service({ targets: [{ url }], baseWeight: 1 });
    const replies = [];
    for (let i = 0; i < 4; i++) replies.push(await of.call('/x', { method: 'POST', body: 'once' }));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(at(0).received.map(({ body }) => body.toString())).toEqual(['once', 'once', 'once', 'once']);
    const events = await Promise.all(replies.map((reply) => world.event(reply.headers.get('x-request-id'))));
    expect(events.map(({ attempts }) => attempts).sort((a, b) => a - b)).toEqual([1, 1, 2, 2]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(4);
  });

  it('is remembered across a change of configuration', async () => {
    at(0).behave((_, response) => sendJson(response, 500, 'sick'));
    const of = await service({
      targets: [{ url: at(1).url }],
      passiveHealth: { consecutiveFailures: 1, ejectSeconds: 60 },
    });
    await answers(of, 2);
    of.pub.doc.version++;
    const [rest] = of.pub.doc.upstreams;
    (rest as { options?: unknown }).options = {
      targets: [{ url: at(1).url }, { url: at(2).url }],
      passiveHealth: { consecutiveFailures: 1, ejectSeconds: 60 },
    };
    await publishTenant(world.redis, of.pub.doc);
    await waitFor('the new target to be called', async () => (await (await of.call()).text()) === 'c' || undefined);
    const before = at(0).received.length;
    await answers(of, 6);
    expect(at(0).received.length).toBe(before);
  });

  it('leaves nobody when none is fit, and the caller is told so', async () => {
    at(0).behave((_, response) => sendJson(response, 500, 'sick'));
    const of = await service({ passiveHealth: { consecutiveFailures: 1, ejectSeconds: 60, maxEjectedPercent: 100 } });
    expect((await of.call()).status).toBe(500);
    const reply = await of.call();
    expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([503, 'upstream_unhealthy']);
  });
});
