import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { redisKeys } from '@parley/contracts/redis-keys';
import { readUsageLines } from '@parley/contracts/usage-lines';
import { newId } from '@parley/kernel/id';
import { type Child, startChild } from '@parley/testkit/child';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, expect, it } from 'vitest';
import { api, apiKey, application, model, PRICE, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { startRedis } from './redis-server.ts';
import { startUpstream, streamEvents } from './upstream-server.ts';

/**
 * 200 streams at once against a small budget, over three gateway processes; three in ten of their clients leave, one process is killed
 * half way, Redis is restarted once. What is spent stays within the budget, nothing is held at the end, and nobody is turned
 * away while there was surely room.
 */
const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

const STREAMS = 200;
const HOLD_MS = 3000;
const NANO = 1000;
/** Two millionths a token in and four out: a call may cost 418, and costs 80 (`streamEvents`). */
const PRICED = { ...PRICE, perRequest: '0', inputPerMillion: '2000000000', outputPerMillion: '4000000000' };
const [MOST, COST] = [418, 80];
/** Room for all of them in the end, with all that a process may hold when it dies; not for half of them at once. */
const BUDGET = STREAMS * COST + 34 * MOST;

/** Sends a stream's events with pauses, and stops when its caller has gone. */
async function speak(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of streamEvents(['Hello', ' there', ' all'])) {
    if (response.destroyed) return;
    response.write(event);
    await delay(5 + Math.random() * 20);
  }
  response.end();
}

it('keeps 200 streams within a small budget through aborts, a killed process and a restart of Redis', {
  timeout: 150_000,
}, async ({ skip }) => {
  const server = await startRedis();
  if (server === null) return skip('Redis runs elsewhere');
  closers.push(() => server.close());
  const folder = mkdtempSync(join(tmpdir(), 'parley-spending-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const backend = await startUpstream((_, response) => speak(response));
  closers.push(() => backend.close());
  const pub = publisher('spending');
  const { id } = provider(pub, backend.url, { timeouts: { connectMs: 5000, headersMs: 20_000, totalMs: 40_000 } });
  model(pub, id, 'fast', { prices: [{ id: newId(), ...PRICED, reasoningPerMillion: PRICED.outputPerMillion }] });
  const chat = api(pub, 'api', { kind: 'llm', models: ['fast'] });
  const rule = { algorithm: 'quota', every: 'total', what: 'cost', amount: BUDGET } as const;
  for (const version of chat.versions) version.policies = { limits: { rules: [rule] } };
  const key = apiKey();
  await publishTenant(server.redis, pub.doc);
  await publishApplication(server.redis, application([subscription(pub, chat)], [key.entry]));

  const script = new URL('spending-child.ts', import.meta.url).pathname;
  const nodes = await Promise.all(
    ['a', 'b', 'c'].map(async (name): Promise<{ child: Child; port: string; dead: boolean }> => {
      const child = await startChild(script, { args: [server.url, name, folder, `${HOLD_MS}`] });
      closers.push(() => child.kill());
      return { child, port: (await child.waitForLine(/^listens (\d+)$/, 90_000))[1] ?? '', dead: false };
    }),
  );

  // The most that can be spent or held at any moment: each call counts as that until it is known what it cost.
  let most = 0;
  let done = 0;
  const wrongly: string[] = [];
  const turnedAway = { budget: 0, store: 0 };

  /** One call; whether its stream went as its client wanted. */
  async function stream(node: (typeof nodes)[number], leaves: boolean): Promise<boolean> {
    most += MOST;
    const leaving = new AbortController();
    let counted = MOST;
    try {
      const response = await fetch(`http://127.0.0.1:${node.port}/spending/api/v1/chat/completions`, {
        method: 'POST',
        headers: { 'x-api-key': key.secret, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'fast',
          stream: true,
          messages: [{ role: 'user', content: 'Hi' }],
          max_tokens: 100,
        }),
        signal: leaving.signal,
      });
      if (response.status !== 200) {
        const { error } = (await response.json()) as { error: { code: string; message: string } };
        if (error.code === 'cost_limit_reached') {
          turnedAway.budget++;
          if (most <= BUDGET) wrongly.push(error.message);
        } else if (error.code === 'limiter_unavailable') turnedAway.store++;
        else throw new Error(`${response.status} ${error.code}: ${error.message}`);
        counted = 0;
        return false;
      }
      if (leaves) {
        await response.body?.getReader().read();
        leaving.abort();
        // What was held comes free once the gateway has noticed: until then it may count.
        await delay(50);
        counted = COST;
        return true;
      }
      const whole = (await response.text()).endsWith('data: [DONE]\n\n');
      if (whole) counted = COST;
      return whole;
    } catch (error) {
      // Broken off: by the process that was killed. What it held then counts.
      if (!node.dead) throw error;
      return false;
    } finally {
      // Told to the store after the last byte; a moment more than that.
      const settledMost = MOST - counted;
      setTimeout(() => {
        most -= settledMost;
      }, 100);
    }
  }

  async function client(at: number): Promise<void> {
    const leaves = at % 10 < 3;
    for (let tries = at; ; tries++) {
      const alive = nodes.filter(({ dead }) => !dead);
      if (await stream(alive[tries % alive.length] as (typeof nodes)[number], leaves)) break;
      await delay(20 + Math.random() * 80);
    }
    done++;
  }

  const clients = Array.from({ length: STREAMS }, (_, at) => client(at));
  const all = Promise.all(clients);
  await Promise.race([all, waitFor('a quarter', () => done > STREAMS / 4, { timeoutMs: 30_000 })]);
  await server.restart();
  await Promise.race([all, waitFor('half', () => done > STREAMS / 2, { timeoutMs: 30_000 })]);
  const [victim] = nodes;
  if (victim) {
    victim.dead = true;
    await victim.child.kill('SIGKILL');
  }
  await all;
  expect(turnedAway.budget).toBeGreaterThan(0);
  expect(wrongly).toEqual([]);

  // What the dead process held counts as used, and nothing is held any more.
  const { redis } = server;
  const [counter = ''] = await redis.zrange(redisKeys.limitHolding, '0', '-1');
  await waitFor('all holds to be settled', async () => (await redis.hlen(`${counter}:held`)) === 0, {
    timeoutMs: 15_000,
  });
  const [used = '0', orphaned] = await redis.hmget(counter, 'u', 'o');
  expect(Number(used)).toBeLessThanOrEqual(BUDGET * NANO);
  expect(Number(orphaned ?? '0') % (MOST * NANO)).toBe(0);

  // And what was recorded, the dead process's part too, is what was counted, but for what nobody could record.
  const recorded = async (): Promise<number> => {
    const events = new Map<string, number>();
    for (const name of await redis.keys(`${redisKeys.queuePrefix}:usage:*`)) {
      const data = (await redis.type(name)) === 'hash' ? await redis.hget(name, 'data') : null;
      if (data === null) continue;
      for (const event of readUsageLines((JSON.parse(data) as { lines: string }).lines).events) {
        const { id: eventId, costNano } = event as { id: string; costNano: string };
        events.set(eventId, Number(costNano));
      }
    }
    return [...events.values()].reduce((sum, cost) => sum + cost, 0);
  };
  await waitFor('the records', async () => (await recorded()) >= Number(used) - Number(orphaned ?? '0'), {
    timeoutMs: 15_000,
  });
  expect(await recorded()).toBeLessThanOrEqual(Number(used));
});
