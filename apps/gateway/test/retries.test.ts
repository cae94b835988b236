import type { UpstreamOptionsInput } from '@parley/contracts/upstream-options';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TIMEOUTS } from './documents.ts';
import { type Service, serviceAt } from './service.ts';
import { type Behaviour, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
const good: Behaviour = (_, response) => sendJson(response, 200, 'good');
const failing =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (_, response) =>
    sendJson(response, status, 'bad', headers);

/** Behaves in these ways one after another, the last one for good. */
function inTurn(...ways: readonly Behaviour[]): Behaviour {
  let at = 0;
  return (received, response) => (ways[Math.min(at++, ways.length - 1)] as Behaviour)(received, response);
}

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream(good);
});
beforeEach(() => {
  backend.received.length = 0;
  backend.behave(good);
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

const service = (options: UpstreamOptionsInput, timeouts: Partial<typeof TIMEOUTS> = {}): Promise<Service> =>
  serviceAt(world, backend.url, options, { timeouts: { ...TIMEOUTS, ...timeouts } });
const code = async (reply: Response): Promise<unknown> => [
  reply.status,
  ((await reply.json()) as { code: string }).code,
];
const retries = { attempts: 3, backoffMs: 5, maxBackoffMs: 20 };

describe('retries', () => {
  it('repeat a failed answer of a repeatable method, as one call with one event', async () => {
    backend.behave(inTurn(failing(503), failing(502), good));
    const of = await service({ retries });
    const reply = await of.call('/x', { method: 'PUT', body: 'again' });
    expect([reply.status, await reply.text()]).toEqual([200, 'good']);
    expect(backend.received.map(({ body }) => body.toString())).toEqual(['again', 'again', 'again']);
    const event = await world.event(reply.headers.get('x-request-id'));
    expect([event.attempts, event.status, event.code]).toEqual([3, 200, null]);
    expect(world.events().filter(({ path }) => path === event.path)).toHaveLength(1);
  });

  it('end with the last answer when tries are used up', async () => {
    backend.behave(failing(503));
    const reply = await (await service({ retries })).call();
    expect([reply.status, await reply.text(), backend.received.length]).toEqual([503, 'bad', 3]);
  });

  it('never repeat a POST that was sent, nor a body that passes through or is too large', async () => {
    backend.behave(failing(503));
    const of = await service({ retries: { ...retries, maxBodyBytes: 10 } });
    expect((await of.call('/x', { method: 'POST', body: 'once' })).status).toBe(503);
    expect((await of.call('/x', { method: 'PUT', body: 'x'.repeat(11) })).status).toBe(503);
    expect((await of.call('/x', { method: 'PUT', body: 'x'.repeat(70_000) })).status).toBe(503);
    expect(backend.received).toHaveLength(3);
  });

  it('never repeat once the answer has begun', async () => {
    backend.behave((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('begun', () => response.destroy());
    });
    const reply = await (await service({ retries })).call();
    await expect(reply.text()).rejects.toThrow();
    expect(backend.received).toHaveLength(1);
  });

  it('repeat a time-out of a repeatable method within the total time', async () => {
    backend.behave(inTurn(() => {}, good));
    const of = await service({ retries }, { headersMs: 100 });
    expect(await (await of.call()).text()).toBe('good');
    backend.behave(() => {});
    const begun = performance.now();
    const late = await (await service({ retries }, { headersMs: 300, totalMs: 400 })).call();
    expect(await code(late)).toEqual([504, 'upstream_timeout']);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('wait as long as Retry-After asks, and pass the answer on when that is too long', async () => {
    const of = await service({ retries });
    backend.behave(inTurn(failing(503, { 'retry-after': '1' }), good));
    const begun = performance.now();
    expect(await (await of.call()).text()).toBe('good');
    expect(performance.now() - begun).toBeGreaterThan(990);
    backend.behave(inTurn(failing(503, { 'retry-after': '3600' }), good));
    const reply = await of.call();
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '3600']);
  });

  it('stop when the budget is used up', async () => {
    backend.behave(failing(503));
    const of = await service({ retries: { ...retries, budgetPercent: 20, freePerSecond: 0 } });
    const replies = await Promise.all(Array.from({ length: 40 }, () => of.call()));
    expect(replies.every(({ status }) => status === 503)).toBe(true);
    expect(backend.received.length).toBeLessThanOrEqual(48);
    expect(backend.received.length).toBeGreaterThan(40);
  });

  it('go to another target, and end with the caller who leaves while one waits', async () => {
    const other = await startUpstream(good);
    backend.behave(failing(503));
    const of = await service({ retries, targets: [{ url: other.url }] });
    for (let i = 0; i < 6; i++) expect((await of.call()).status).toBe(200);
    expect(backend.received.length).toBe(3);
    await other.close();
    backend.received.length = 0;
    backend.behave(failing(503, { 'retry-after': '5' }));
    const alone = await service({ retries });
    const leaving = new AbortController();
    const call = alone.call('/left', { signal: leaving.signal });
    await waitFor('the first try', () => backend.received.length === 1 || undefined);
    leaving.abort();
    await expect(call).rejects.toThrow();
    const event = await waitFor('its event', () => world.events().find(({ path }) => path.endsWith('/left')));
    expect([event.code, event.attempts, backend.received.length]).toEqual(['client_closed', 1, 1]);
  });
});

describe('time-outs of a try', () => {
  it('end an answer whose body does not begin, or stops', async () => {
    backend.behave((_, response) => {
      response.writeHead(200);
      response.flushHeaders();
    });
    const first = await (await service({ timeouts: { firstByteMs: 150 } })).call();
    expect(await code(first)).toEqual([504, 'upstream_timeout']);
    backend.behave((_, response) => {
      response.writeHead(200);
      response.write('begun');
    });
    const idle = await (await service({ timeouts: { idleMs: 150 } })).call();
    await expect(idle.text()).rejects.toThrow();
  });
});

describe('the breaker', () => {
  it('opens, half-opens, and closes when the upstream is well again', async () => {
    backend.behave(failing(500));
    const of = await service({ breaker: { minCalls: 4, openSeconds: 1, probes: 2 } });
    for (let i = 0; i < 4; i++) expect((await of.call()).status).toBe(500);
    const refused = await of.call();
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await code(refused)).toEqual([503, 'upstream_breaker_open']);
    expect(backend.received).toHaveLength(4);
    const event = await world.event(refused.headers.get('x-request-id'));
    expect([event.attempts, event.code]).toEqual([0, 'upstream_breaker_open']);
    backend.behave(good);
    await waitFor('a probe to pass', async () => (await of.call()).status === 200 || undefined);
    for (let i = 0; i < 5; i++) expect((await of.call()).status).toBe(200);
  });

  it('stays closed while callers leave and while answers are the caller’s own mistakes', async () => {
    backend.behave(failing(404));
    const of = await service({ breaker: { minCalls: 1, errorPercent: 1 } });
    for (let i = 0; i < 3; i++) expect((await of.call()).status).toBe(404);
    backend.behave(() => {});
    const leaving = new AbortController();
    const call = of.call('/x', { signal: leaving.signal });
    await waitFor('the call to arrive', () => backend.received.length === 4 || undefined);
    leaving.abort();
    await expect(call).rejects.toThrow();
    backend.behave(good);
    expect((await of.call()).status).toBe(200);
  });
});

describe('the fallback', () => {
  const fallback = { status: 200, contentType: 'text/plain', body: 'closed today', onStatuses: [500] };

  it('takes the place of failed calls, of the statuses it names and of an open breaker, and the record says why', async () => {
    const of = await service({ fallback, breaker: { minCalls: 3, openSeconds: 60 } });
    const seen: unknown[] = [];
    for (const behaviour of [
      failing(500),
      (_: unknown, response) => response.destroy(),
      failing(502),
      good,
    ] as Behaviour[]) {
      backend.behave(behaviour);
      const reply = await of.call('/x', { method: 'POST', body: 'x' });
      const event = await world.event(reply.headers.get('x-request-id'));
      seen.push([reply.status, await reply.text(), event.code]);
    }
    expect(seen).toEqual([
      [200, 'closed today', 'upstream_unreachable'],
      [200, 'closed today', 'upstream_unreachable'],
      [502, 'bad', null],
      [200, 'closed today', 'upstream_breaker_open'],
    ]);
  });

  it('leaves the connection usable after a body that nobody read, and is empty for HEAD', async () => {
    const dead = await startUpstream(() => {});
    await dead.close();
    const of = await serviceAt(world, dead.url, { fallback });
    for (let i = 0; i < 3; i++) {
      const reply = await of.call('/x', { method: 'POST', body: 'x'.repeat(200_000) });
      expect([reply.status, await reply.text()]).toEqual([200, 'closed today']);
    }
    const head = await of.call('/x', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '12', '']);
  });
});
