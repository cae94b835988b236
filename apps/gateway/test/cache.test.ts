import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { PoliciesInput } from '@parley/contracts/policies';
import { fixedClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { startFaultProxy } from '@parley/testkit/fault-proxy';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, type Publisher, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { type Behaviour, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, testRedisUrl, type World } from './world.ts';

const clock = fixedClock(Date.now());
let first: World;
let second: World;
let backend: UpstreamServer;
let pub: Publisher;
const secrets = { ada: '', bob: '' };
let made = 0;
const agent = new Agent({ keepAlive: true });

/** Answers with a number that goes up, and with the headers that the query's `h` names. */
const numbered: Behaviour = (received, response) => {
  made++;
  const wanted = new URL(received.url, 'http://x').searchParams.getAll('h');
  response.writeHead(200, [
    'content-type',
    'text/plain',
    ...wanted.flatMap((header) => header.split(/:(.*)/s).slice(0, 2)),
  ]);
  response.end(`answer ${made}`);
};

const POLICIES = {
  plain: {},
  public: { shared: true },
  ttl: { defaultTtlSeconds: 60, ignoredParams: ['utm'], sortParams: true },
  deaf: { obeyClients: false },
  tiny: { defaultTtlSeconds: 60, maxEntryBytes: 1024 },
  alone: { defaultTtlSeconds: 60, coalesce: { waitMs: 0 } },
  burst: { defaultTtlSeconds: 60, coalesce: { afterFailure: 'all' } },
} as const satisfies Readonly<Record<string, PoliciesInput['cache']>>;

/** Answers, dated by the clock of the test. */
function behave(behaviour: Behaviour): void {
  backend.behave((received, response) => {
    response.setHeader('date', new Date(clock.nowMs()).toUTCString());
    return behaviour(received, response);
  });
}

beforeAll(async () => {
  [first, second] = [await openWorld({ clock }), await openWorld({ clock })];
  backend = await startUpstream(numbered);
  behave(numbered);
  pub = publisher(`cch-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url);
  const apis = Object.entries(POLICIES).map(([name, cache]) => {
    const one = restApi(pub, name, target.id, name === 'public' ? [{ requests: 1000, windowSeconds: 31_536_000 }] : []);
    for (const version of one.versions) version.policies = { cache };
    return one;
  });
  const paths = [
    { method: 'GET' as const, path: '/*', policies: { cache: { defaultTtlSeconds: 60 } } },
    { method: 'POST' as const, path: '/*' },
  ];
  const routes = paths.map((path) => ({ ...path, id: newId(), upstreamId: target.id, upstreamPath: null }));
  apis.push(api(pub, 'mixed', { kind: 'rest', routes }));
  await publishTenant(first.redis, pub.doc);
  for (const name of ['ada', 'bob'] as const) {
    const key = apiKey();
    secrets[name] = key.secret;
    const subscriptions = apis.map((one) => subscription(pub, one));
    await publishApplication(first.redis, application(subscriptions, [key.entry]));
  }
});
afterAll(async () => {
  await first.close();
  await second.close();
  await backend.close();
  agent.destroy();
});
beforeEach(() => {
  backend.received.length = 0;
  behave(numbered);
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly note: string;
  readonly headers: IncomingHttpHeaders;
  readonly id: string;
}

interface Call {
  readonly by?: keyof typeof secrets;
  readonly world?: World;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** Not `fetch`: that asks for fresh answers by itself, and sends no Host of ours. */
function ask(path: string, { by = 'ada', world = first, method = 'GET', headers = {} }: Call = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { host: 'api.test', 'x-api-key': secrets[by], ...headers };
    const call = httpRequest(`${world.url}/${pub.doc.slug}/${path}`, { method, headers: all, agent }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const got = response.headers;
        const note = typeof got['cache-status'] === 'string' ? got['cache-status'] : '';
        const id = String(got['x-request-id']);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString(), note, headers: got, id });
      });
    });
    call.on('error', reject);
    call.end();
  });
}

/** A path nobody has asked for, whose answers carry these headers. */
const fresh = (name: keyof typeof POLICIES | 'mixed', ...headers: string[]): string =>
  `${name}/v1/${newId()}?${headers.map((header) => `h=${encodeURIComponent(header)}`).join('&')}`;
const MINUTE = 'cache-control:max-age=60';

describe('a cached endpoint', () => {
  it('answers from memory, says so, counts and records the call, and asks again when the answer is outdated', async () => {
    const path = fresh('public', MINUTE);
    const miss = await ask(path);
    clock.advance(10_000);
    const hit = await ask(path);
    expect(miss.note).toMatch(/^parley; fwd=uri-miss/);
    expect([hit.status, hit.text, hit.note]).toEqual([
      200,
      miss.text,
      expect.stringMatching(/^parley; hit; ttl=(49|50)$/),
    ]);
    expect(Number(hit.headers['age'])).toBeGreaterThanOrEqual(10);
    expect(hit.headers['content-type']).toBe('text/plain');
    expect(miss.headers['ratelimit']).toMatch(/r=(\d+)/);
    expect(hit.headers['ratelimit']).not.toBe(miss.headers['ratelimit']);
    expect(await first.event(hit.id)).toMatchObject({
      cache: 'hit',
      attempts: 0,
      upstreamUs: 0,
      responseBytes: miss.text.length,
    });
    expect((await first.event(miss.id)).cache).toBeUndefined();
    clock.advance(51_000);
    expect((await ask(path)).text).not.toBe(miss.text);
    expect(backend.received).toHaveLength(2);
  });

  it('shares answers among nodes through Redis, sealed', async () => {
    const path = fresh('plain', MINUTE, 'x-secret:tell-nobody-1717');
    const miss = await ask(path);
    const hit = await waitFor('the other node to know', async () => {
      const answer = await ask(path, { world: second });
      return answer.note.includes('hit') && answer;
    });
    expect([hit.text, hit.headers['x-secret']]).toEqual([miss.text, 'tell-nobody-1717']);
    const names = await first.redis.keys(`{parley:cache:${pub.doc.tenantId}}:entry:*`);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect((await first.redis.getBuffer(name))?.includes('tell-nobody')).toBe(false);
      expect(await first.redis.pttl(name)).toBeGreaterThan(0);
    }
  });

  it('keeps what the answer allows only', async () => {
    for (const header of ['cache-control:no-store', 'cache-control:private, max-age=60', 'vary:*', 'x-none:1']) {
      const path = fresh('plain', header);
      await ask(path);
      expect((await ask(path)).note, header).toMatch(/fwd=uri-miss$/);
    }
    const cookie = fresh('plain', MINUTE, 'set-cookie:a=1');
    expect((await ask(cookie)).headers['set-cookie']).toEqual(['a=1']);
    expect((await ask(cookie)).note).toMatch(/fwd=uri-miss$/);
  });

  it('makes equal questions of one by the options, and none by guessing', async () => {
    const id = newId();
    const known = await ask(`ttl/v1/${id}?a=1&b=2&utm=x`);
    expect((await ask(`ttl/v1/${id}?b=2&a=1`)).text).toBe(known.text);
    for (const other of [
      `${id}?a=1&b=3`,
      `${id}/`,
      `${id}/x.css?a=1&b=2`,
      `${id};x.css?a=1&b=2`,
      `${id}%2fx.css?a=1&b=2`,
    ]) {
      expect((await ask(`ttl/v1/${other}`)).text, other).not.toBe(known.text);
    }
  });

  it('chooses by the headers that Vary names', async () => {
    const path = fresh('plain', MINUTE, 'vary:accept-language');
    const [en, nl] = [{ 'accept-language': 'en' }, { 'accept-language': 'nl' }];
    const english = await ask(path, { headers: en });
    const dutch = await ask(path, { headers: nl });
    expect(dutch.note).toMatch(/fwd=/);
    for (const world of [first, second]) {
      const answers = await waitFor('both to be known', async () => {
        const both = [await ask(path, { headers: en, world }), await ask(path, { headers: nl, world })];
        return both.every((one) => one.note.includes('hit')) && both;
      });
      expect(answers.map((one) => one.text)).toEqual([english.text, dutch.text]);
    }
  });

  it('answers HEAD from the answer to GET, and lets parts and conditions on the current state pass by', async () => {
    const path = fresh('plain', MINUTE, 'etag:"one"');
    const { text } = await ask(path);
    const head = await ask(path, { method: 'HEAD' });
    expect([head.text, head.headers['content-length'], head.note]).toEqual([
      '',
      String(text.length),
      expect.stringMatching(/hit/),
    ]);
    for (const headers of [{ range: 'bytes=0-1' }, { 'if-match': '"one"' }] as Record<string, string>[]) {
      expect((await ask(path, { headers })).note).toBe('parley; fwd=bypass');
    }
    expect(backend.received).toHaveLength(3);
    expect(backend.received[1]?.headers.range).toBe('bytes=0-1');
  });

  it('does what the caller’s Cache-Control asks for, where the policy lets it', async () => {
    const path = fresh('plain', MINUTE);
    expect((await ask(path, { headers: { 'cache-control': 'only-if-cached' } })).status).toBe(504);
    const { text } = await ask(path);
    expect((await ask(path, { headers: { 'cache-control': 'only-if-cached' } })).text).toBe(text);
    expect((await ask(path, { headers: { 'cache-control': 'no-store' } })).note).toBe('parley; fwd=bypass');
    expect((await ask(path)).text).toBe(text);
    const renewed = await ask(path, { headers: { 'cache-control': 'no-cache' } });
    expect(renewed.note).toMatch(/fwd=request/);
    expect((await ask(path)).text).toBe(renewed.text);
    const deaf = fresh('deaf', MINUTE);
    const heard = await ask(deaf);
    for (const word of ['no-cache', 'no-store', 'max-age=0']) {
      expect((await ask(deaf, { headers: { 'cache-control': word } })).text, word).toBe(heard.text);
    }
  });

  it('lets bodies beyond the limit through without keeping them', async () => {
    const large = 'x'.repeat(200_000);
    for (const length of [true, false]) {
      behave((_received, response) => {
        response.writeHead(200, length ? { 'content-length': String(large.length) } : {});
        response.end(large);
      });
      const path = fresh('tiny');
      expect((await ask(path)).text).toBe(large);
      expect((await ask(path)).note).toBe('parley; fwd=uri-miss');
    }
    expect(backend.received).toHaveLength(4);
  });

  it('keeps no answer that broke off', async () => {
    behave((_received, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60', 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    });
    const path = fresh('plain', MINUTE);
    await ask(path).catch(() => null);
    behave(numbered);
    expect((await ask(path)).text).toMatch(/^answer/);
  });
});

describe('nobody gets another’s answer', () => {
  it('unless the policy shares it: the applications of one publisher', async () => {
    const own = fresh('plain', 'cache-control:public, max-age=60');
    const mine = await ask(own);
    for (const world of [first, second]) expect((await ask(own, { by: 'bob', world })).text).not.toBe(mine.text);
    const open = fresh('public', MINUTE);
    const ours = await ask(open);
    expect((await ask(open, { by: 'bob' })).text).toBe(ours.text);
  });

  it('however the path is made to look like a file that everybody may have', async () => {
    for (const suffix of [
      '/profile.css',
      ';.js',
      '%2f..%2fa.png',
      '%0d%0a.css',
      '%23.css',
      '%3f.css',
      '//x.css',
      '/.css',
    ]) {
      const path = `ttl/v1/me-${newId()}${suffix}`;
      const mine = await ask(path);
      const theirs = await ask(path, { by: 'bob' });
      // Some of them are no path at all; those have no answer to give away.
      expect(mine.status === 200 ? theirs.text !== mine.text : mine.status === 400, suffix).toBe(true);
    }
  });

  it('whatever headers claim about the host or the caller', async () => {
    const path = fresh('plain', MINUTE);
    const mine = await ask(path);
    const lies = {
      'x-forwarded-host': 'evil',
      'x-original-url': '/',
      authorization: 'Basic x',
      'x-application-id': newId(),
    };
    expect((await ask(path, { by: 'bob', headers: lies })).text).not.toBe(mine.text);
    expect((await ask(path)).text).toBe(mine.text);
  });

  it('and another publisher’s path of the same name is another answer', async () => {
    const other = publisher(`oth-${newId().slice(-8)}`);
    const theirs = restApi(other, 'public', upstream(other, backend.url).id);
    for (const version of theirs.versions) version.policies = { cache: { shared: true } };
    const key = apiKey();
    await publishTenant(first.redis, other.doc);
    await publishApplication(first.redis, application([subscription(other, theirs)], [key.entry]));
    const path = fresh('public', MINUTE);
    const mine = await ask(path);
    const answer = await fetch(`${first.url}/${other.doc.slug}/${path}`, { headers: { 'x-api-key': key.secret } });
    expect(await answer.text()).not.toBe(mine.text);
  });
});

describe('an outdated answer', () => {
  it('is confirmed by the upstream, and gives 304 to a caller who has it', async () => {
    behave((received, response) => {
      const known = received.headers['if-none-match'] === '"one"';
      response.writeHead(known ? 304 : 200, { etag: '"one"', 'cache-control': 'max-age=60', 'x-n': String(++made) });
      response.end(known ? undefined : 'the body');
    });
    const path = fresh('plain');
    const stored = await ask(path, { headers: { 'if-none-match': '"other"' } });
    expect([stored.status, stored.text]).toEqual([200, 'the body']);
    expect(backend.received[0]?.headers['if-none-match']).toBeUndefined();
    expect((await ask(path, { headers: { 'if-none-match': '"one"' } })).status).toBe(304);
    clock.advance(61_000);
    const confirmed = await ask(path);
    expect([confirmed.status, confirmed.text]).toEqual([200, 'the body']);
    expect(confirmed.note).toBe('parley; fwd=stale; fwd-status=304; stored');
    expect(confirmed.headers['x-n']).not.toBe(stored.headers['x-n']);
    expect(backend.received[1]?.headers['if-none-match']).toBe('"one"');
    expect((await first.event(confirmed.id)).cache).toBe('revalidated');
    clock.advance(61_000);
    expect((await ask(path, { headers: { 'if-none-match': '"one"' } })).status).toBe(304);
    expect(backend.received).toHaveLength(3);
  });

  it('gives 304 on a first question too, and keeps the whole answer', async () => {
    const path = fresh('plain', MINUTE, 'etag:"one"');
    const conditional = await ask(path, { headers: { 'if-none-match': '"one"' } });
    expect([conditional.status, conditional.text]).toEqual([304, '']);
    expect((await ask(path)).text).toMatch(/^answer/);
    expect(backend.received).toHaveLength(1);
  });

  it('is asked for anew when a 304 speaks of another answer', async () => {
    behave((received, response) => {
      const known = received.headers['if-none-match'] !== undefined;
      response.writeHead(known ? 304 : 200, { etag: known ? '"else"' : '"one"', 'cache-control': 'max-age=60' });
      response.end(known ? undefined : `body ${++made}`);
    });
    const path = fresh('plain');
    const before = await ask(path);
    clock.advance(61_000);
    const after = await ask(path);
    expect([after.status, after.text]).toEqual([200, expect.stringMatching(/^body/)]);
    expect(after.text).not.toBe(before.text);
  });

  it('is given while a new one is fetched behind it, once', async () => {
    const path = fresh('plain', 'cache-control:max-age=60, stale-while-revalidate=30');
    const old = await ask(path);
    clock.advance(70_000);
    let finish = (): void => {};
    behave((received, response) => {
      finish = () => void numbered(received, response);
    });
    const given = await Promise.all([1, 2, 3].map(() => ask(path)));
    for (const one of given) {
      expect([one.text, one.note]).toEqual([
        old.text,
        expect.stringMatching(/hit; ttl=-\d+; detail=stale-while-revalidate/),
      ]);
    }
    expect((await first.event(given[0]?.id ?? '')).cache).toBe('stale');
    finish();
    const renewed = await waitFor('the new one', async () => {
      const one = await ask(path);
      return one.text !== old.text && one;
    });
    expect(renewed.note).toMatch(/hit; ttl=\d+$/);
    expect(backend.received).toHaveLength(2);
  });

  it('stands in for a failing upstream as long as it may', async () => {
    const path = fresh('plain', 'cache-control:max-age=60, stale-if-error=30');
    const old = await ask(path);
    clock.advance(70_000);
    const failures: readonly Behaviour[] = [
      (_received, response) => void response.writeHead(503).end('down'),
      (_received, response) => void response.destroy(),
    ];
    for (const failure of failures) {
      behave(failure);
      const given = await ask(path);
      expect([given.status, given.text]).toEqual([200, old.text]);
      expect(given.note).toMatch(/fwd=stale;.*detail=stale-if-error/);
    }
    clock.advance(30_000);
    expect((await ask(path)).status).toBe(502);
  });
});

describe('equal questions at once', () => {
  const held = () => {
    const finishers: (() => void)[] = [];
    behave((received, response) => {
      finishers.push(() => void numbered(received, response));
    });
    return finishers;
  };

  it('become one call upstream', async () => {
    const finishers = held();
    const path = fresh('ttl');
    const asking = Array.from({ length: 8 }, () => ask(path));
    await waitFor('the call', () => finishers.length === 1);
    finishers[0]?.();
    const answers = await Promise.all(asking);
    expect(new Set(answers.map((one) => one.text)).size).toBe(1);
    // On a slow machine the last of them may come when the answer is here already.
    const shared = answers.filter((one) => /collapsed|hit/.test(one.note));
    expect(shared).toHaveLength(7);
    expect(shared.some((one) => one.note.includes('collapsed'))).toBe(true);
    expect(backend.received).toHaveLength(1);
  });

  it('are not kept from one another for long by an answer that may not be shared', async () => {
    const finishers = held();
    const path = fresh('ttl', 'cache-control:no-store');
    const asking = Array.from({ length: 4 }, () => ask(path));
    await waitFor('the call', () => finishers.length === 1);
    finishers[0]?.();
    await waitFor('the others', () => finishers.length === 4);
    for (const finish of finishers.slice(1)) finish();
    expect(new Set((await Promise.all(asking)).map((one) => one.text)).size).toBe(4);
  });

  it.each([
    ['ttl', 2],
    ['burst', 4],
  ] as const)('of %s try on when the first call fails', async (name, next) => {
    const calls: (() => void)[] = [];
    behave((received, response) => {
      const n = calls.length;
      calls.push(() => void (n === 0 ? response.writeHead(500).end() : numbered(received, response)));
    });
    const path = fresh(name);
    const asking = Array.from({ length: 4 }, () => ask(path));
    await waitFor('the first call', () => calls.length === 1);
    calls[0]?.();
    await waitFor('the next', () => calls.length === next);
    for (const call of calls.slice(1)) call();
    const statuses = (await Promise.all(asking)).map((one) => one.status).sort((a, b) => a - b);
    expect(statuses).toEqual([200, 200, 200, 500]);
    expect(calls).toHaveLength(next);
  });

  it('go on when the caller who came first leaves', async () => {
    const finishers = held();
    const path = fresh('ttl');
    const leaving = new AbortController();
    const url = `${first.url}/${pub.doc.slug}/${path}`;
    const gone = fetch(url, { headers: { 'x-api-key': secrets.ada }, signal: leaving.signal }).catch(() => null);
    await waitFor('the call', () => finishers.length === 1);
    const waiting = ask(path);
    leaving.abort();
    await gone;
    await waitFor('its own call', () => finishers.length === 2);
    finishers[1]?.();
    expect((await waiting).status).toBe(200);
  });

  it('are sent each by itself where the policy says so', async () => {
    const finishers = held();
    const asking = [fresh('alone')].flatMap((path) => [ask(path), ask(path)]);
    await waitFor('both calls', () => finishers.length === 2);
    for (const finish of finishers) finish();
    expect(new Set((await Promise.all(asking)).map((one) => one.text)).size).toBe(2);
  });
});

describe('what is kept of a path', () => {
  it('is no longer good on any node after an unsafe call that succeeds, for any caller and query', async () => {
    const path = `mixed/v1/${newId()}`;
    const known = new Map<string, string>();
    const questions = [first, second].flatMap((world) =>
      (['ada', 'bob'] as const).flatMap((by) => ['', '?page=2'].map((query) => ({ world, by, query }))),
    );
    const keyOf = ({ by, query }: { by: string; query: string }): string => by + query;
    for (const one of questions) known.set(keyOf(one), (await ask(path + one.query, one)).text);
    behave((_received, response) => void response.writeHead(422).end());
    await ask(path, { method: 'POST' });
    for (const one of questions) expect((await ask(path + one.query, one)).text).toBe(known.get(keyOf(one)));
    behave((_received, response) => void response.writeHead(204).end());
    await ask(path, { method: 'POST' });
    behave(numbered);
    for (const one of questions) {
      await waitFor('a new answer', async () => (await ask(path + one.query, one)).text !== known.get(keyOf(one)));
    }
  });

  it('does not come back by an answer that was under way meanwhile', async () => {
    const path = `mixed/v1/${newId()}`;
    let finish = (): void => {};
    behave((received, response) => {
      if (received.method === 'POST') response.writeHead(204).end();
      else finish = () => void response.end('from before');
    });
    const early = ask(path);
    await waitFor('the question', () => backend.received.length === 1);
    await ask(path, { method: 'POST' });
    finish();
    expect((await early).text).toBe('from before');
    behave(numbered);
    for (const world of [first, second]) expect((await ask(path, { world })).text).not.toBe('from before');
  });

  it('is forgotten when the publisher empties the cache', async () => {
    const path = fresh('public', MINUTE);
    const old = await ask(path);
    await waitFor('the other node to know', async () => (await ask(path, { world: second })).text === old.text);
    for (const one of pub.doc.apis) for (const version of one.versions) version.cacheGeneration = 1;
    Object.assign(pub.doc, { version: pub.doc.version + 1 });
    await publishTenant(first.redis, pub.doc);
    for (const world of [first, second]) {
      const renewed = await waitFor('a new answer', async () => {
        const one = await ask(path, { world });
        return one.text !== old.text && one;
      });
      expect(renewed.status).toBe(200);
    }
  });
});

it('without Redis memory has to do, and what was missed meanwhile is forgotten afterwards', async () => {
  const real = new URL(testRedisUrl());
  const proxy = await startFaultProxy({ host: real.hostname, port: Number(real.port) });
  const through = new URL(real);
  through.host = `${proxy.host}:${proxy.port}`;
  const world = await openWorld({ redisUrl: through.href, clock });
  try {
    const [before, during] = [fresh('plain', MINUTE), fresh('plain', MINUTE)];
    const known = await ask(before, { world });
    proxy.faults.refuse = true;
    proxy.reset();
    expect((await ask(before, { world })).text).toBe(known.text);
    const alone = await ask(during, { world });
    expect((await ask(during, { world })).text).toBe(alone.text);
    await ask(before, { method: 'DELETE' });
    proxy.faults.refuse = false;
    await waitFor('the missed invalidation', async () => (await ask(before, { world })).text !== known.text);
  } finally {
    await world.close();
    await proxy.close();
  }
});
